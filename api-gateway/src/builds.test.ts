import { afterEach, beforeEach, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

test('builds of all projects are listed; the filters go to the record', async () => {
  gateway.metadata.addVersion('shop', 'cart', { state: 'failed' });
  gateway.metadata.addVersion('default', 'hello');
  const { body } = await gateway.call('GET', '/api/builds?state=active&q=a&limit=5');
  expect(body.items).toMatchObject([
    { project: 'default', function: 'hello', config: { env: { SECRET: 'hush' } } },
    { project: 'shop', function: 'cart', state: 'failed' },
  ]);
  expect(gateway.metadata.calls.at(-1)).toMatchObject({
    what: 'listBuilds',
    body: { state: 'active', q: 'a', limit: '5' },
  });
});

test('a token of one project sees its own builds, and values of variables only when it may deploy', async () => {
  gateway.metadata.addVersion('shop', 'cart');
  gateway.metadata.addVersion('default', 'hello');
  const viewer = await gateway.call('GET', '/api/builds', { as: 'shopViewer' });
  expect(viewer.body.items).toMatchObject([{ function: 'cart', config: { env: { SECRET: '***' } } }]);
  const developer = await gateway.call('GET', '/api/builds', { as: 'shopDeveloper' });
  expect(developer.body.items).toMatchObject([{ function: 'cart', config: { env: { SECRET: 'hush' } } }]);
  expect(await gateway.call('GET', '/api/builds?project=default', { as: 'shopViewer' })).toMatchObject({
    status: 404,
  });
});

test('a state that there is not is refused with those there are', async () => {
  const { status, body } = await gateway.call('GET', '/api/builds?state=done');
  expect(status).toBe(400);
  expect(body.detail).toContain('active');
});
