import { afterEach, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
afterEach(async () => {
  await gateway.close();
});

const readiness = () => fetch(`${gateway.url}/readyz`);

test('a gateway that is told to end says so at /readyz first, answers as before meanwhile, and ends then', async () => {
  gateway = await startGateway({ DRAIN_DELAY_SECONDS: '1' });
  const startedAt = performance.now();
  let hasEnded = false;
  const closed = gateway.close().then(() => (hasEnded = true));
  const unready = await readiness();
  expect(unready.status).toBe(503);
  expect(await unready.json()).toMatchObject({ code: 'unavailable', detail: 'The gateway is about to end.' });
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  const call = await gateway.call('POST', '/function/cart', { body: {} });
  expect(call.status).toBe(200);
  expect(call.headers.get('connection')).not.toBe('close');
  expect((await gateway.call('GET', '/api/projects')).status).toBe(200);
  expect(hasEnded).toBe(false);
  await closed;
  expect(performance.now() - startedAt).toBeGreaterThan(990);
  await expect(readiness()).rejects.toThrow();
});

test('without the setting it ends at once', async () => {
  gateway = await startGateway();
  const startedAt = performance.now();
  await gateway.close();
  expect(performance.now() - startedAt).toBeLessThan(900);
});
