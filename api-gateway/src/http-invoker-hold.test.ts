import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Running } from '@plat/platform-kit/http-server.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { pause, poll } from '@plat/platform-kit/waiting.ts';
import { readConfig } from './config.ts';
import { start } from './start.ts';
import { startFakeProxy } from './testing/fake-proxy.ts';
import { rawRequest } from './testing/raw-request.ts';

type FakeProxy = Awaited<ReturnType<typeof startFakeProxy>>;

let folder: string;
let gateway: Running;
let proxy: FakeProxy | undefined;

async function startProxy(): Promise<FakeProxy> {
  proxy = await startFakeProxy(`unix:${folder}/proxy.sock`);
  return proxy;
}
async function startGateway(holdSeconds: string): Promise<void> {
  const config = readConfig({
    PORT: '0',
    INTERNAL_TOKEN: 'an-internal-token',
    METADATA_URL: 'http://127.0.0.1:1',
    PROXY_URL: `unix:${folder}/proxy.sock`,
    PROXY_HOLD_SECONDS: holdSeconds,
    RATE_LIMIT_PER_SECOND: '0',
  });
  gateway = await start(config, { logger: silentLogger(), drainMs: 0 });
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plat-hold-'));
});
afterEach(async () => {
  await gateway.close();
  await proxy?.close();
  proxy = undefined;
  await rm(folder, { recursive: true });
});

const AUTH = { authorization: 'Bearer dev-token' };
const call = (init: RequestInit = {}) => fetch(`${gateway.url}/function/cart`, { headers: AUTH, ...init });
/** Long enough for a call to have come as far as it can while the proxy is away. */
const aWhile = () => pause(300, new AbortController().signal);

test('calls, bodies, hosts and WebSockets are held while the proxy is away, and each is sent once', async () => {
  await startGateway('15');
  const port = Number(new URL(gateway.url).port);
  const body = Buffer.alloc(3_000_000, 'abc');
  const held = Promise.all([
    ...Array.from({ length: 30 }, () => call()),
    call({ method: 'POST', body }),
    call({ method: 'POST', body }),
  ]);
  const host = rawRequest(port, 'GET / HTTP/1.1\r\nHost: shop-cart.localhost\r\nConnection: close\r\n\r\n');
  const socket = rawRequest(
    port,
    'GET /function/cart HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer dev-token\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nping',
    { until: 'ping' },
  );
  await aWhile();
  const back = await startProxy();
  back.behaviour.answer = (req, res) => void req.pipe(res);
  const responses = await held;
  expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
  for (const response of responses.slice(30))
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), body)).toBe(0);
  expect(await host).toMatch(/^HTTP\/1\.1 200 /);
  expect(await socket).toMatch(/^HTTP\/1\.1 101 /);
  expect(back.seen).toHaveLength(34);
});

test('a call is refused when the proxy stays away, and its body was not read', async () => {
  await startGateway('1');
  const response = await call({ method: 'POST', body: 'x' });
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    code: 'unavailable',
    detail: expect.stringMatching(/held for up to 1 s and not sent/),
    details: { reason: 'proxy_away' },
  });
});

test('who leaves while being held is not sent any more', async () => {
  await startGateway('15');
  const leaving = request(`${gateway.url}/function/cart`, { headers: AUTH });
  leaving.on('error', () => undefined).end();
  await aWhile();
  leaving.destroy();
  const staying = call();
  await aWhile();
  const back = await startProxy();
  expect((await staying).status).toBe(200);
  await aWhile();
  expect(back.seen).toHaveLength(1);
});

test('a call in flight when the proxy dies is sent again only when it is safe, and only once', async () => {
  await startGateway('15');
  const first = await startProxy();
  first.behaviour.answer = (_req, res) => res.destroy();
  expect((await call()).status).toBe(502);
  expect(first.seen).toHaveLength(2);
  expect((await call({ method: 'POST' })).status).toBe(502);
  expect((await call({ method: 'DELETE' })).status).toBe(502);
  expect(first.seen).toHaveLength(4);
  const dying = new Promise<void>((resolve) => {
    first.behaviour.answer = () => resolve();
  });
  const safe = call();
  await dying;
  await first.close();
  await startProxy();
  expect((await safe).status).toBe(200);
});

test('an answer that had begun is not begun again', async () => {
  await startGateway('15');
  const first = await startProxy();
  first.behaviour.answer = (_req, res) => {
    res.writeHead(200, { 'content-length': 100 });
    res.write('some', () => res.destroy());
  };
  await expect((await call()).text()).rejects.toThrow();
  expect(first.seen).toHaveLength(1);
});

test('a proxy that ends answers what comes on kept connections meanwhile, and has them closed', async () => {
  await startGateway('15');
  const first = await startFakeProxy(`unix:${folder}/proxy.sock`, { lingerMs: 3000 });
  expect((await call()).status).toBe(200);
  const closed = first.close();
  expect((await call({ method: 'POST', body: 'x' })).status).toBe(200);
  await closed;
  expect(first.seen).toHaveLength(2);
  const held = call({ method: 'POST', body: 'x' });
  const next = await startProxy();
  expect((await held).status).toBe(200);
  expect(await poll(async () => next.seen.length || undefined, { intervalMs: 5, timeoutMs: 5000 })).toBe(1);
});

test('calls are held as well while the proxy hangs and its socket’s queue of new connections is full', async () => {
  await startGateway('15');
  const at = path.join(folder, 'proxy.sock');
  // A process of its own: what is stopped accepts nothing.
  const program = `require('http').createServer((q, r) => r.end('hello')).listen({ path: process.argv[1], backlog: 1 }, () => console.log())`;
  const hung = spawn(process.execPath, ['-e', program, at], { stdio: ['ignore', 'pipe', 'inherit'] });
  const queued: Socket[] = [];
  try {
    await once(hung.stdout, 'data');
    hung.kill('SIGSTOP');
    while (queued.length < 20) queued.push(connect(at).on('error', () => undefined));
    const held = Promise.all(Array.from({ length: 5 }, () => call({ method: 'POST', body: 'x' })));
    await aWhile();
    hung.kill('SIGCONT');
    expect((await held).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  } finally {
    for (const socket of queued) socket.destroy();
    hung.kill('SIGKILL');
  }
});
