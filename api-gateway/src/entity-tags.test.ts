import { afterEach, beforeEach, expect, test } from 'vitest';
import { guardOf, matchesNone } from './entity-tags.ts';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

const CART = '/api/projects/shop/functions/cart';
let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
  gateway.metadata.addVersion('shop', 'cart', { state: 'ready' });
  gateway.metadata.setLive('shop/cart', 1);
});
afterEach(() => gateway.close());

test.each([CART, `${CART}/versions/1`, `${CART}/aliases/live`])(
  'GET %s is validated by its ETag until it changes, for each who sees it otherwise',
  async (path) => {
    const first = await gateway.call('GET', path);
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^"[\w.-]+"$/);
    const headers = { 'if-none-match': `"other", W/${etag}` };
    expect(await gateway.call('GET', path, { headers })).toMatchObject({ status: 304, body: '' });
    const masked = await gateway.call('GET', path, { as: 'viewer', headers });
    expect(masked.status).toBe(path.endsWith('live') ? 304 : 200);
    gateway.metadata.addVersion('shop', 'cart', { state: 'ready' });
    gateway.metadata.setLive('shop/cart', 2);
    expect((await gateway.call('GET', path, { headers })).status).toBe(path.includes('versions') ? 304 : 200);
  },
);

test('a change with If-Match is made while the ETag is the present one, and answers with the next', async () => {
  const etag = (await gateway.call('GET', CART, { as: 'viewer' })).headers.get('etag')!;
  const stop = (tag: string) =>
    gateway.call('PATCH', CART, { body: { state: 'stopped' }, headers: { 'if-match': tag } });
  const stopped = await stop(etag);
  expect(stopped.status).toBe(200);
  expect(await stop(etag)).toMatchObject({ status: 412, body: { code: 'precondition_failed' } });
  expect((await stop(`"x", ${stopped.headers.get('etag')}`)).status).toBe(200);
  expect((await stop(`W/${stopped.headers.get('etag')}`)).status).toBe(412);
  expect((await stop('*')).status).toBe(200);
});

test('an alias is guarded by its own ETag', async () => {
  const path = `${CART}/aliases/live`;
  const etag = (await gateway.call('GET', path)).headers.get('etag')!;
  const put = (tag: string) =>
    gateway.call('PUT', path, { body: { version: 1 }, headers: { 'if-match': tag } });
  expect((await put('"old"')).status).toBe(412);
  expect((await put(etag)).status).toBe(200);
});

test('guardOf() takes what is no strong tag for a state that nothing has', () => {
  expect(guardOf(undefined)).toEqual({});
  expect(guardOf('"a.b", "c"')).toEqual({ ifMatch: 'a,c' });
  for (const header of ['', 'W/"a"', '"a', 'a,b']) expect(guardOf(header)).toEqual({ ifMatch: '-' });
});

test('matchesNone() compares weakly', () => {
  expect(matchesNone('W/"a", "b"', '"a"')).toBe(true);
  expect(matchesNone('*', '"a"')).toBe(true);
  expect(matchesNone('"c"', '"a"')).toBe(false);
  expect(matchesNone(undefined, '"a"')).toBe(false);
});
