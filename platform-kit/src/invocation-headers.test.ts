import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { decodeTarget, encodeEdge, encodeTarget, restoreEdge } from './invocation-headers.ts';
import type { InvocationTarget } from './invoker.ts';

const target: InvocationTarget = {
  requestId: 'request-1',
  project: 'shop',
  function: 'cart',
  selector: { alias: 'live' },
  path: '/a%2Fb?x=1',
  trigger: 'api',
  bodyLimitBytes: 1024,
};

test.each<InvocationTarget>([
  target,
  { ...target, selector: { version: 12 }, path: '/', authorisedMs: 0.25 },
  { ...target, selector: { alias: 'canary-2' }, trigger: 'invoke' },
])('decodeTarget() gives back what encodeTarget() was given (%#)', (given) => {
  expect(decodeTarget(encodeTarget(given))).toEqual(given);
});

test.each(Object.keys(encodeTarget(target)))('decodeTarget() refuses a request without %s', (name) => {
  const headers = encodeTarget(target);
  delete headers[name];
  expect(() => decodeTarget(headers)).toThrow(name);
});

test('decodeTarget() refuses a target of a form it does not know', () => {
  const kinds = [
    'tag:v1 api 1',
    'alias:live cron 1',
    'alias:live api',
    'alias:live api 1 2 3',
    'version:x api 1',
  ];
  for (const rest of kinds) {
    expect(() => decodeTarget({ ...encodeTarget(target), 'x-plat-target': `shop/cart ${rest}` })).toThrow(
      'x-plat-target',
    );
  }
});

/** What the proxy receives when the gateway forwards a request with these properties. */
function forwarded(url: string, authorization: string | undefined): IncomingMessage {
  const headers: Record<string, string> = {
    ...encodeEdge({ url, headers: authorization === undefined ? {} : { authorization } }),
    authorization: 'Bearer the-internal-token',
    host: 'shop-cart.platform.test',
  };
  return {
    url: '/internal/edge',
    headers,
    rawHeaders: Object.entries(headers).flat(),
  } as unknown as IncomingMessage;
}

test("restoreEdge() puts back the caller's path and authorization", () => {
  const req = forwarded('/basket?id=1', 'Basic abc');
  restoreEdge(req);
  expect(req.url).toBe('/basket?id=1');
  expect(req.headers).toEqual({ host: 'shop-cart.platform.test', authorization: 'Basic abc' });
  expect(req.rawHeaders).toEqual(['host', 'shop-cart.platform.test', 'authorization', 'Basic abc']);
});

test('restoreEdge() leaves no trace of the internal token when the caller sent no authorization', () => {
  const req = forwarded('/', undefined);
  restoreEdge(req);
  expect(JSON.stringify([req.headers, req.rawHeaders])).not.toContain('the-internal-token');
});
