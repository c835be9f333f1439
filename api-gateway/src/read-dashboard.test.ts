import { afterEach, beforeEach, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

const asked = (what: string) =>
  gateway.metadata.calls.findLast((call) => call.what === what)?.body as Record<string, string>;
const use = (project: string, name: string, calls: number) => ({
  functionId: `${project}/${name}`, project, function: name, calls, failed: 0, p95Ms: 1, coldStarts: 0, lastAt: '2026-01-01T00:00:00.000Z', trend: null,
}); // prettier-ignore

test('metrics of a function are asked for in its own terms, at both addresses', async () => {
  gateway.metadata.addVersion('shop', 'cart');
  gateway.metadata.addVersion('shop', 'cart');
  const { body } = await gateway.call('GET', '/api/projects/shop/functions/cart/metrics?range=24h&step=5m');
  expect(body).toMatchObject({
    project: 'shop',
    function: 'cart',
    version: null,
    stepMs: 10_000,
    points: [],
  });
  expect(asked('readMetrics')).toMatchObject({
    functionId: 'shop/cart',
    rangeMs: '86400000',
    stepMs: '300000',
  });
  const own = await gateway.call('GET', '/api/functions/cart/metrics?version=2', { as: 'shopViewer' });
  expect(own.body).toMatchObject({ project: 'shop', version: 2 });
  expect(asked('readMetrics')).toMatchObject({ functionId: 'shop/cart', version: '2', rangeMs: '3600000' });
  expect((await gateway.call('GET', '/api/functions/cart/metrics')).status).toBe(404);
});

test.each(['range=5', 'range=1s', 'step=1s', 'range=1h&step=x'])('metrics?%s is invalid', async (query) => {
  gateway.metadata.addVersion('default', 'hello');
  const { status, body } = await gateway.call('GET', `/api/functions/hello/metrics?${query}`);
  expect([status, body.code]).toEqual([400, 'invalid']);
});

test('the dashboard has the platform for those who see it all, and a project for its own', async () => {
  gateway.metadata.addVersion('shop', 'cart', { state: 'building' });
  const live = gateway.metadata.addVersion('default', 'hello', { state: 'ready' });
  gateway.metadata.setLive(live.functionId, 1);
  gateway.metadata.use = [use('shop', 'cart', 1), use('default', 'hello', 9)];
  const { body } = await gateway.call('GET', '/api/dashboard?range=1h', { as: 'viewer' });
  expect(body).toMatchObject({
    functions: { all: 2, active: 1, deploying: 1 },
    instances: 3,
    failureRate: null,
    capacity: { cpus: 2, usedMemoryBytes: 300 },
    recording: null,
  });
  expect(body.topFunctions.map(({ calls }: { calls: number }) => calls)).toEqual([9, 1]);
  expect(body.topFunctions[0]).not.toHaveProperty('functionId');
  const shop = await gateway.call('GET', '/api/dashboard', { as: 'shopViewer' });
  expect(shop.body).toMatchObject({ functions: { all: 1, active: 0 }, capacity: null });
  expect(asked('listFunctionUse')).toMatchObject({ project: 'shop' });
  expect((await gateway.call('GET', '/api/dashboard', { as: 'shopInvoker' })).status).toBe(403);
});

test('the use of functions comes in the order and the pages of the list of functions', async () => {
  gateway.metadata.use = [use('shop', 'cart', 1), use('default', 'b', 2), use('default', 'a', 3)];
  const first = (await gateway.call('GET', '/api/metrics?limit=2')).body;
  expect(first.items.map((item: { function: string }) => item.function)).toEqual(['a', 'b']);
  const rest = (await gateway.call('GET', `/api/metrics?limit=2&before=${first.next}`)).body;
  expect(rest).toMatchObject({ items: [{ function: 'cart' }], next: null });
  expect(asked('listFunctionUse')).toMatchObject({ quiet: 'false', rangeMs: '3600000' });
  await gateway.call('GET', '/api/metrics?limit=1000&trend=24&quiet=true&range=24h', { as: 'shopViewer' });
  expect(asked('listFunctionUse')).toMatchObject({ project: 'shop', trend: '24', quiet: 'true', rangeMs: '86400000' }); // prettier-ignore
  expect((await gateway.call('GET', '/api/metrics?trend=61')).status).toBe(400);
});
