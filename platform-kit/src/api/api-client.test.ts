import { expect, expectTypeOf, test } from 'vitest';
import type { VersionRecord } from '../domain.ts';
import { createApiClient, type ApiRequest } from './api-client.ts';
import { API } from './api.ts';
import type { FunctionView } from './views.ts';

function recordingClient() {
  const sent: [ApiRequest, { timeoutMs: number } | undefined][] = [];
  const client = createApiClient<{ timeoutMs: number }>(API, async (request, options) => {
    sent.push([request, options]);
    return { name: 'x' };
  });
  return { client, sent };
}

test('a client sends what the route declares, with its parameters encoded', async () => {
  const { client, sent } = recordingClient();
  await client.listVersions({ params: { project: 'shop', name: 'a/b' }, query: { limit: 5 } });
  await client.updateFunction(
    { params: { project: 'shop', name: 'cart' }, body: { state: 'stopped' } },
    { timeoutMs: 9 },
  );
  await client.whoami();
  await client.health();
  expect(sent).toEqual([
    [{ method: 'GET', path: '/api/projects/shop/functions/a%2Fb/versions', query: { limit: 5 }, body: undefined }, undefined],
    [{ method: 'PATCH', path: '/api/projects/shop/functions/cart', query: {}, body: { state: 'stopped' } }, { timeoutMs: 9 }],
    [{ method: 'GET', path: '/api/whoami', query: {}, body: undefined }, undefined],
    [{ method: 'GET', path: '/healthz', query: {}, body: undefined }, undefined],
  ]); // prettier-ignore
});

test('a client has the types of the schemas', () => {
  const { client } = recordingClient();
  expectTypeOf(client.getVersion).returns.resolves.toEqualTypeOf<VersionRecord>();
  expectTypeOf(client.getFunction).returns.resolves.toEqualTypeOf<FunctionView>();
  expectTypeOf(client.deleteFunction).returns.resolves.toEqualTypeOf<void>();
  // @ts-expect-error: a function has no such state
  void client.updateFunction({ params: { project: 'p', name: 'n' }, body: { state: 'gone' } });
  // @ts-expect-error: which version?
  void client.getVersion({ params: { project: 'p', name: 'n' } });
});
