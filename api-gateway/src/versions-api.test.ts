import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

const CART = '/api/projects/shop/functions/cart';

/** Three versions: 1 ready, 2 failed, 3 ready and live. */
function deployCart(): void {
  gateway.metadata.addVersion('shop', 'cart', { state: 'ready' });
  gateway.metadata.addVersion('shop', 'cart', { state: 'failed' });
  gateway.metadata.addVersion('shop', 'cart', { state: 'ready' });
  gateway.metadata.setLive('shop/cart', 3);
}

test('versions are listed in pages, newest first', async () => {
  deployCart();
  const page = await gateway.call('GET', `${CART}/versions?limit=2`);
  expect(page.body).toMatchObject({ items: [{ number: 3 }, { number: 2 }], next: '2' });
  const rest = await gateway.call('GET', `${CART}/versions?limit=2&before=${page.body.next}`);
  expect(rest.body).toMatchObject({ items: [{ number: 1 }], next: null });
});

test('the source of a version is downloaded under a name of its own', async () => {
  deployCart();
  const { body, headers } = await gateway.call('GET', `${CART}/versions/1/source`);
  expect(body).toBe('zip');
  expect(headers.get('content-type')).toBe('application/zip');
  expect(headers.get('content-disposition')).toBe('attachment; filename="shop-cart-1.zip"');
});

test('an alias is set to one version or to several by weight', async () => {
  deployCart();
  const one = await gateway.call('PUT', `${CART}/aliases/canary`, { body: { version: 1 } });
  expect(one.body).toMatchObject({ name: 'canary', weights: [{ version: 1, weight: 100 }] });
  const weights = [
    { version: 1, weight: 10 },
    { version: 3, weight: 90 },
  ];
  const split = await gateway.call('PUT', `${CART}/aliases/live`, { body: { weights } });
  expect(split.body).toMatchObject({ name: 'live', weights });
  expect((await gateway.call('GET', `${CART}/aliases`)).body.items).toHaveLength(2);
  expect((await gateway.call('DELETE', `${CART}/aliases/canary`)).status).toBe(204);
});

test('an alias is told how to tell callers apart, and to stop doing so', async () => {
  deployCart();
  const put = (sticky: unknown) =>
    gateway.call('PUT', `${CART}/aliases/live`, { body: { version: 3, sticky } });
  expect((await put({ header: 'X-User' })).body).toMatchObject({ sticky: { header: 'x-user' } });
  expect((await put(null)).body).not.toHaveProperty('sticky');
  expect(await put({ header: 'authorization' })).toMatchObject({ status: 400 });
  expect(await put({ header: 'x-user', cookie: 'route' })).toMatchObject({ status: 400 });
});

test.each(['promote', 'rollback'])('%s moves alias "live", and honours If-Match', async (move) => {
  deployCart();
  const post = (headers: Record<string, string>) =>
    gateway.call('POST', `${CART}/${move}`, { body: { version: 1 }, headers });
  expect(await post({ 'if-match': '"other"' })).toMatchObject({ status: 412 });
  const { headers } = await gateway.call('GET', `${CART}/aliases/live`);
  expect(await post({ 'if-match': headers.get('etag')! })).toMatchObject({
    status: 200,
    body: { from: 3, to: 1 },
  });
  expect(gateway.metadata.calls.at(-1)).toMatchObject({ what: move, body: { version: 1 } });
  expect((await gateway.call('POST', `${CART}/${move}`)).status).toBe(200);
});

test('a rollback is foretold to all who may see versions', async () => {
  deployCart();
  const answer = await gateway.call('GET', `${CART}/rollback?version=1`, { as: 'shopViewer' });
  expect(answer).toMatchObject({
    status: 200,
    body: { from: 3, to: 1, weights: [{ version: 1, weight: 100 }] },
  });
  expect(gateway.metadata.calls.at(-1)).toMatchObject({ what: 'previewRollback', body: { version: '1' } });
});

describe('cancel', () => {
  test.each(['pending', 'building', 'starting'] as const)('stops a version that is %s', async (state) => {
    gateway.metadata.addVersion('shop', 'cart', { state });
    const answer = await gateway.call('POST', `${CART}/versions/1/cancel`, { as: 'shopDeveloper' });
    expect(answer).toMatchObject({ status: 200, body: { number: 1, state: 'cancelled' } });
    expect(gateway.builder.cancelled).toEqual(['shop/cart@1']);
  });

  test('goes on when the version moves at the same moment', async () => {
    const version = gateway.metadata.addVersion('shop', 'cart');
    gateway.metadata.beforeTransition = () => {
      gateway.metadata.beforeTransition = () => undefined;
      gateway.metadata.setState(version, 'building');
    };
    expect((await gateway.call('POST', `${CART}/versions/1/cancel`)).body).toMatchObject({
      state: 'cancelled',
    });
  });

  test('is a conflict once the version is terminal', async () => {
    gateway.metadata.addVersion('shop', 'cart', { state: 'ready' });
    const answer = await gateway.call('POST', `${CART}/versions/1/cancel`);
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'conflict', detail: expect.stringMatching(/already ready/) },
    });
  });

  test('stands in the record although the builder cannot be told', async () => {
    gateway.metadata.addVersion('shop', 'cart', { state: 'building' });
    gateway.builder.isCancelBroken = true;
    expect((await gateway.call('POST', `${CART}/versions/1/cancel`)).body).toMatchObject({
      state: 'cancelled',
    });
  });
});
