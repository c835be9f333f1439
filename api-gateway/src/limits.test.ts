import { afterEach, expect, test } from 'vitest';
import { TOKENS, startGateway, type TestGateway } from './testing/start-gateway.ts';
import { start } from './start.ts';
import { readConfig } from './config.ts';

let gateway: TestGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

test('a token above its rate gets 429 with Retry-After, while another token goes on', async () => {
  gateway = await startGateway({ RATE_LIMIT_PER_SECOND: '2', RATE_LIMIT_BURST: '3' });
  const statuses: number[] = [];
  let refused: Awaited<ReturnType<TestGateway['call']>> | undefined;
  for (let i = 0; i < 12; i++) {
    const answer = await gateway.call('GET', '/function/cart');
    statuses.push(answer.status);
    if (answer.status === 429) refused ??= answer;
  }
  expect(statuses.slice(0, 5)).toEqual([200, 200, 200, 200, 200]);
  expect(refused?.body).toMatchObject({ code: 'rate_limited', component: 'api-gateway' });
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect((await gateway.call('GET', '/function/cart', { as: 'invoker' })).status).toBe(200);
});

test('an address that tries many different wrong tokens is held off; known tokens of the platform still pass', async () => {
  gateway = await startGateway({ AUTH_FAILURES_PER_MINUTE: '3' });
  const attempt = (token: string) =>
    gateway!.call('GET', '/function/cart', { headers: { authorization: `Bearer ${token}` } });
  for (const token of ['guess-1', 'guess-2', 'guess-3']) expect((await attempt(token)).status).toBe(401);
  const held = await attempt('guess-4');
  expect(held).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
  expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(1);
  expect((await attempt(TOKENS.admin)).status).toBe(429);
  expect((await attempt(TOKENS.invoker)).status).toBe(200);
});

test('the same wrong token again and again does not lock its address out', async () => {
  gateway = await startGateway({ AUTH_FAILURES_PER_MINUTE: '3' });
  for (let i = 0; i < 10; i++) {
    const { status } = await gateway.call('GET', '/api/whoami', {
      headers: { authorization: 'Bearer an-old-one' },
    });
    expect(status).toBe(401);
  }
  expect((await gateway.call('GET', '/api/whoami')).status).toBe(200);
});

test('with configured origins a preflight is answered without a token, for those origins only', async () => {
  gateway = await startGateway({ CORS_ORIGINS: 'https://app.example.com' });
  for (const path of ['/function/cart', '/api/whoami']) {
    const preflight = (origin: string) =>
      fetch(gateway!.url + path, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
      });
    const allowed = await preflight('https://app.example.com');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(
      (await preflight('https://evil.example.com')).headers.get('access-control-allow-origin'),
    ).toBeNull();
  }
  expect(gateway.invoker.calls).toEqual([]);
  const { headers } = await gateway.call('GET', '/function/cart', {
    headers: { origin: 'https://app.example.com' },
  });
  expect(headers.get('access-control-allow-origin')).toBe('https://app.example.com');
  expect(headers.get('access-control-expose-headers')).toContain('x-request-id');
});

test('while the record cannot be read, only the bootstrap token works and readyz says so', async () => {
  gateway = await startGateway({}, { isRecordAway: true });
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  const ready = await fetch(`${gateway.url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ code: 'unavailable' });
  expect((await gateway.call('GET', '/function/cart')).status).toBe(200);
  const unknown = await gateway.call('GET', '/function/cart', { as: 'developer' });
  expect(unknown).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  expect(unknown.headers.get('retry-after')).toBe('1');
  expect(await gateway.call('GET', '/api/functions')).toMatchObject({
    status: 502,
    body: { code: 'unreachable' },
  });
});

test('start() on a port that is taken says which one and what to do', async () => {
  gateway = await startGateway();
  const config = readConfig({
    PORT: String(gateway.port),
    INTERNAL_TOKEN: 'an-internal-token',
    LOG_LEVEL: 'silent',
  });
  await expect(start(config)).rejects.toThrow(`Port ${gateway.port} is in use; set PORT to another one.`);
});
