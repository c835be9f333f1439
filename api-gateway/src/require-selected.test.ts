import { afterEach, beforeEach, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
  gateway.metadata.addVersion('shop', 'cart');
  gateway.metadata.setLive('shop/cart', 1);
});
afterEach(() => gateway.close());

const OF_CART = '/api/projects/shop/functions/cart';
const CALLS = '/api/executions?project=shop&function=cart';

test.each([
  [`${OF_CART}/metrics?version=99`],
  ['/api/functions/cart/metrics?project=shop&version=99'],
  [`${OF_CART}/logs?version=99`],
  [`${OF_CART}/logs?version=99&follow=true`],
  [`${CALLS}&version=99`],
])('%s names a version that does not exist', async (path) => {
  const { status, body } = await gateway.call('GET', path);
  expect([status, body.code]).toEqual([404, 'not_found']);
  expect(body.detail).toMatch(/"shop\/cart" has no version 99; its latest is 1/);
  expect(gateway.controller.logQueries).toEqual([]);
});

test('calls through an alias that does not exist are not found, with those that do', async () => {
  const { status, body } = await gateway.call('GET', `${CALLS}&alias=beta`);
  expect([status, body.detail]).toEqual([404, 'Function "shop/cart" has no alias "beta"; it has: live.']);
});

test('that there are none of what exists is an empty list', async () => {
  for (const query of ['', '&version=1', '&alias=live', '&version=1&alias=live']) {
    expect(await gateway.call('GET', `${CALLS}${query}`)).toMatchObject({ status: 200, body: { items: [] } });
  }
  expect((await gateway.call('GET', '/api/executions?version=99')).body.items).toEqual([]);
});

test('calls that went through an alias that was removed since are still told', async () => {
  gateway.metadata.listed.push({ id: 'e1', alias: 'beta' });
  const { status, body } = await gateway.call('GET', `${CALLS}&alias=beta`);
  expect([status, body.items]).toEqual([200, [{ id: 'e1', alias: 'beta' }]]);
});
