import type { RecordedExecution } from '@plat/platform-kit/clients/metadata-client.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

const BODY = {
  contentType: 'application/json',
  text: '{"a":1}',
  bytes: 7,
  isCut: false,
  isRedacted: false,
  omitted: null,
};
const execution = (more: object = {}) =>
  ({
    id: 'e1',
    requestId: 'r1',
    functionId: 'shop/cart',
    project: 'shop',
    function: 'cart',
    version: 3,
    alias: 'live',
    trigger: 'edge',
    method: 'POST',
    path: '/orders?x=1',
    bytesIn: 7,
    startedAt: '2026-01-01T00:00:10.000Z',
    bodies: { request: BODY, response: null },
    ...more,
  }) as RecordedExecution;

test('a call is shown with what it printed', async () => {
  gateway.metadata.executions.push(execution());
  const { body } = await gateway.call('GET', '/api/executions/r1', { as: 'shopDeveloper' });
  expect(body).toMatchObject({ id: 'e1', logs: [{ text: 'line 1' }, { text: 'line 2' }], logsProblem: null });
  expect(gateway.controller.logQueries[0]).toMatchObject({
    requestId: 'r1',
    since: '2026-01-01T00:00:09.000Z',
  });
  const without = await gateway.call('GET', '/api/executions/e1?logs=false');
  expect(without.body).toMatchObject({ logs: null, logsProblem: null });
});

test('a call that waited is shown with what was put out for it, which a call that did not has nothing to do with', async () => {
  const taker = { functionId: 'shop/cart', project: 'shop', function: 'cart', version: 3 };
  const from = { functionId: 'other/big', project: 'other', function: 'big', version: 1 };
  gateway.controller.evictions = [
    { at: '2026-01-01T00:00:10.500Z', instance: 'i1', from, taker, backAt: null },
  ];
  const waited = { cold: true, status: 200, queueMs: 1000, durationMs: 5 };
  gateway.metadata.executions.push(
    execution(waited),
    execution({ ...waited, id: 'e2', requestId: 'r2', cold: false }),
  );
  const of = async (id: string, as?: 'shopDeveloper') =>
    (await gateway.call('GET', `/api/executions/${id}?logs=false`, as && { as })).body.evictions;
  const other = { project: 'other', function: 'big', version: 1 };
  expect(await of('e1')).toEqual([
    { at: '2026-01-01T00:00:10.500Z', role: 'made_room', instance: 'i1', other },
  ]);
  expect(await of('e1', 'shopDeveloper')).toMatchObject([{ other: null }]);
  expect(await of('e2')).toEqual([]);
});

test('bodies are for those who may deploy', async () => {
  gateway.metadata.executions.push(execution());
  const as = async (who: 'shopDeveloper' | 'shopViewer') =>
    (await gateway.call('GET', '/api/executions/e1', { as: who })).body.bodies;
  expect(await as('shopDeveloper')).toEqual({ request: BODY, response: null });
  expect(await as('shopViewer')).toBeNull();
});

test('a token of one project asks for that project only, and never sees another’s call', async () => {
  gateway.metadata.executions.push(execution({ project: 'other' }));
  const { status } = await gateway.call('GET', '/api/executions/e1', { as: 'shopViewer' });
  expect(status).toBe(404);
  expect(gateway.metadata.calls.at(-1)?.body).toEqual({ project: 'shop' });
});

test('a replay makes the call again, with its body, and says nothing of the one who asks', async () => {
  gateway.metadata.executions.push(execution());
  const { status } = await gateway.call('POST', '/api/executions/e1/replay', { as: 'shopDeveloper' });
  expect(status).toBe(200);
  const [call] = gateway.invoker.calls;
  expect(call).toMatchObject({
    body: '{"a":1}',
    target: {
      project: 'shop',
      function: 'cart',
      selector: { alias: 'live' },
      path: '/orders?x=1',
      trigger: 'api',
    },
  });
  expect(call!.headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '7' });
  expect(call!.headers).not.toHaveProperty('authorization');
  await gateway.call('POST', '/api/executions/e1/replay?version=2', { as: 'shopDeveloper' });
  expect(gateway.invoker.calls[1]!.target.selector).toEqual({ version: 2 });
});

test('a call without a body can be made again although nothing was kept', async () => {
  gateway.metadata.executions.push(execution({ method: 'GET', bytesIn: 0, bodies: null, trigger: 'api' }));
  expect((await gateway.call('POST', '/api/executions/e1/replay')).status).toBe(200);
  expect(gateway.invoker.calls[0]).toMatchObject({ body: '' });
});

test.each([
  [{ bodies: null }, /keepBodies: all/],
  [{ bodies: { request: { ...BODY, isCut: true }, response: null } }, /only the beginning/],
  [{ bodies: { request: { ...BODY, isRedacted: true }, response: null } }, /struck out/],
  [{ bodies: { request: { ...BODY, text: null }, response: null } }, /not of a kind/],
  [{ path: '/?token=[redacted]', bytesIn: 0, bodies: null }, /its path/],
])('a call whose record is not whole is not made again: %j', async (more, reason) => {
  gateway.metadata.executions.push(execution(more));
  const { status, body } = await gateway.call('POST', '/api/executions/e1/replay');
  expect(status).toBe(409);
  expect(body).toMatchObject({ code: 'conflict', detail: expect.stringMatching(reason) });
  expect(gateway.invoker.calls).toEqual([]);
});

test('who may only look, or only invoke, does not replay', async () => {
  gateway.metadata.executions.push(execution());
  const as = async (who: 'shopViewer' | 'shopInvoker') =>
    (await gateway.call('POST', '/api/executions/e1/replay', { as: who })).status;
  expect(await as('shopViewer')).toBe(403);
  expect(await as('shopInvoker')).toBe(403);
});
