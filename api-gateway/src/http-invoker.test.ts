import { request, type IncomingMessage } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { sendProblem, type Running } from '@plat/platform-kit/http-server.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { readConfig } from './config.ts';
import { start } from './start.ts';
import { startFakeProxy } from './testing/fake-proxy.ts';
import { rawRequest } from './testing/raw-request.ts';

let proxy: Awaited<ReturnType<typeof startFakeProxy>>;
let gateway: Running;

/** A gateway whose data plane is the fake proxy; the record is away, the bootstrap token is enough here. */
function startBefore(proxyUrl: string): Promise<Running> {
  const config = readConfig({
    PORT: '0',
    INTERNAL_TOKEN: 'an-internal-token',
    METADATA_URL: 'http://127.0.0.1:1',
    PROXY_URL: proxyUrl,
    PROXY_HOLD_SECONDS: '0',
    RATE_LIMIT_PER_SECOND: '0',
  });
  return start(config, { logger: silentLogger(), drainMs: 0 });
}

beforeEach(async () => {
  proxy = await startFakeProxy();
  gateway = await startBefore(proxy.url);
});
afterEach(async () => {
  await gateway.close();
  await proxy.close();
});

const AUTH = { authorization: 'Bearer dev-token' };
const port = () => Number(new URL(gateway.url).port);

test('a call is forwarded with its target, its body and its own headers', async () => {
  proxy.behaviour.answer = (req, res) =>
    void req.pipe(res.writeHead(201, { 'x-function': 'yes', 'x-request-id': 'other' }));
  const body = Buffer.alloc(3_000_000, 'abc');
  const response = await fetch(`${gateway.url}/function/shop.cart@3/a%2Fb?x=1`, {
    method: 'PUT',
    headers: { ...AUTH, 'x-own': 'kept', 'x-plat-project': 'forged', 'x-request-id': 'call-1' },
    body,
  });
  expect(response.status).toBe(201);
  expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), body)).toBe(0);
  expect(response.headers.get('x-function')).toBe('yes');
  expect(response.headers.get('x-request-id')).toBe('call-1');
  const [call] = proxy.seen;
  expect(call).toMatchObject({
    path: '/internal/invoke',
    method: 'PUT',
    headers: { 'x-own': 'kept', 'x-forwarded-for': '127.0.0.1', host: `127.0.0.1:${port()}` },
    target: {
      requestId: 'call-1',
      project: 'shop',
      function: 'cart',
      selector: { version: 3 },
      path: '/a%2Fb?x=1',
      trigger: 'api',
    },
  });
});

test('an answer streams: its first part is there before its last is written', async () => {
  let finish: () => void = () => undefined;
  proxy.behaviour.answer = (_req, res) => {
    res.write('first ');
    finish = () => res.end('last');
  };
  const response = await fetch(`${gateway.url}/function/cart`, { headers: AUTH });
  const reader = response.body!.getReader();
  expect(Buffer.from((await reader.read()).value!).toString()).toBe('first ');
  finish();
  expect(Buffer.from((await reader.read()).value!).toString()).toBe('last');
});

test.each(['GET', 'HEAD', 'DELETE', 'PATCH', 'OPTIONS'])('method %s passes', async (method) => {
  const response = await fetch(`${gateway.url}/function/cart`, { method, headers: AUTH });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe(method === 'HEAD' ? '' : 'hello');
  expect(proxy.seen[0]?.method).toBe(method);
});

test('an early refusal reaches a client that is still sending', async () => {
  proxy.behaviour.answer = (_req, res) =>
    sendProblem(res, new PlatformError('not_found', 'No such function.'), 'function-proxy');
  const response = await fetch(`${gateway.url}/function/cart`, {
    method: 'POST',
    headers: AUTH,
    body: Buffer.alloc(5_000_000),
  });
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ code: 'not_found', component: 'function-proxy' });
});

test('a client that leaves is told to the proxy', async () => {
  let left = false;
  proxy.behaviour.answer = (_req, res) => void res.once('close', () => (left = true));
  const leaving = request(`${gateway.url}/function/cart`, { headers: AUTH });
  leaving.on('error', () => undefined).end();
  const until = (condition: () => boolean) =>
    poll(async () => (condition() ? true : undefined), { intervalMs: 5, timeoutMs: 5000 });
  expect(await until(() => proxy.seen.length === 1)).toBe(true);
  leaving.destroy();
  expect(await until(() => left)).toBe(true);
});

test('an answer that breaks off at the proxy breaks off at the client', async () => {
  proxy.behaviour.answer = (_req, res) => {
    res.writeHead(200, { 'content-length': 100 });
    res.write('some', () => res.destroy());
  };
  const response = await fetch(`${gateway.url}/function/cart`, { headers: AUTH });
  await expect(response.text()).rejects.toThrow();
});

test('a proxy that is away is unavailable, for calls, hosts and WebSockets', async () => {
  await proxy.close();
  const response = await fetch(`${gateway.url}/function/cart`, { method: 'POST', headers: AUTH, body: 'x' });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('5');
  expect(await response.json()).toMatchObject({
    code: 'unavailable',
    component: 'api-gateway',
    details: { reason: 'proxy_away' },
  });
  const byHost = await rawRequest(
    port(),
    'GET / HTTP/1.1\r\nHost: shop-cart.localhost\r\nConnection: close\r\n\r\n',
  );
  expect(byHost).toMatch(/^HTTP\/1\.1 503 /);
  expect(await rawRequest(port(), webSocket('/function/cart', 'localhost'))).toMatch(
    /^HTTP\/1\.1 503 .*unavailable/s,
  );
});

test("a function's own host is forwarded with the caller's path and authorization, and without the internal token", async () => {
  const answer = await rawRequest(
    port(),
    'GET /basket?id=1 HTTP/1.1\r\nHost: shop-cart.localhost\r\nAuthorization: Basic abc\r\nConnection: close\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 .*hello/s);
  expect(proxy.seen[0]).toMatchObject({
    path: '/internal/edge',
    url: '/basket?id=1',
    headers: { host: 'shop-cart.localhost', authorization: 'Basic abc' },
  });
});

function webSocket(target: string, host: string): string {
  return `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer dev-token\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nping`;
}

test('a WebSocket is joined to the proxy, by path and by host', async () => {
  for (const [target, host] of [
    ['/function/shop.chat/room', 'localhost'],
    ['/room', 'shop-chat.localhost'],
  ] as const) {
    const answer = await rawRequest(port(), webSocket(target, host), { until: 'ping' });
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).toContain('x-plain: yes');
  }
  expect(proxy.seen[0]).toMatchObject({
    path: '/internal/invoke',
    target: { function: 'chat', path: '/room' },
  });
  expect(proxy.seen[1]).toMatchObject({
    path: '/internal/edge',
    url: '/room',
    headers: { authorization: 'Bearer dev-token' },
  });
});

test('a refused WebSocket is answered as the proxy answered', async () => {
  proxy.behaviour.upgrade = 'refuse';
  const answer = await rawRequest(port(), webSocket('/function/shop.chat', 'localhost'));
  expect(answer).toMatch(/^HTTP\/1\.1 404 .*x-function: no.*refuse$/s);
});

test('the proxy may listen on a unix socket', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'plat-gateway-'));
  const other = await startFakeProxy(`unix:${folder}/proxy.sock`);
  const before = await startBefore(other.url);
  expect(await (await fetch(`${before.url}/function/cart`, { headers: AUTH })).text()).toBe('hello');
  const answer = await rawRequest(
    Number(new URL(before.url).port),
    webSocket('/function/cart', 'localhost'),
    { until: 'ping' },
  );
  expect(answer).toMatch(/^HTTP\/1\.1 101 /);
  await before.close();
  await other.close();
  await rm(folder, { recursive: true });
});

test('Connection takes off the headers it names, but never Host and never the target', async () => {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`${gateway.url}/function/cart`, {
      headers: { ...AUTH, connection: 'close, x-own, host, x-plat-project', 'x-own': '1' },
    })
      .on('response', resolve)
      .on('error', reject)
      .end();
  });
  expect(answer.resume().statusCode).toBe(200);
  expect(proxy.seen[0]?.headers).not.toHaveProperty('x-own');
  expect(proxy.seen[0]?.headers.host).toBe(`127.0.0.1:${port()}`);
  expect(proxy.seen[0]?.target?.project).toBe('default');
});

test('trailers and early hints reach callers that can take them, and do not break the others', async () => {
  proxy.behaviour.answer = (req, res) => {
    res.writeEarlyHints({ link: '</a.css>; rel=preload' });
    res.writeHead(200, req.method === 'HEAD' ? {} : { trailer: 'x-sum' });
    res.write('body');
    res.addTrailers({ 'x-sum': '42' });
    res.end();
  };
  const ask = (method: string, version: string) =>
    rawRequest(
      port(),
      `${method} /function/cart HTTP/${version}\r\nHost: localhost\r\nAuthorization: Bearer dev-token\r\nConnection: close\r\n\r\n`,
    );
  const answer = await ask('GET', '1.1');
  expect(answer).toMatch(/^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a.css>; rel=preload/i);
  expect(answer).toMatch(/trailer: x-sum.*body\r\n0\r\nx-sum: 42\r\n\r\n$/is);
  expect(await ask('GET', '1.0')).toMatch(/^HTTP\/1\.1 200 OK.*\r\n\r\nbody$/s);
  expect(await ask('HEAD', '1.1')).toMatch(/200 OK(?!.*body)/s);
});
