import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Router } from 'express';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PlatformError } from './errors.ts';
import { InternalClient, path as encode } from './http-client.ts';
import { bearerToken, createInternalApp, listen, secretsEqual, type Running } from './http-server.ts';
import { silentLogger, type Logger } from './logging.ts';

const TOKEN = 'internal-token-for-tests';
let folder: string;
const closers: (() => Promise<void>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plat-http-'));
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await rm(folder, { recursive: true });
});

async function serve(
  define: (router: Router) => void,
  options: { drainMs?: number; at?: string; logger?: Logger } = {},
): Promise<Running> {
  const router = Router();
  define(router);
  const app = createInternalApp({
    component: 'test-service',
    internalToken: TOKEN,
    logger: options.logger ?? silentLogger(),
    router,
  });
  const running = await listen(
    app,
    options.at ?? `unix:${path.join(folder, 'sub', 'service.sock')}`,
    options,
  );
  closers.push(running.close);
  return running;
}

function clientOf(url: string, options: { internalToken?: string; timeoutMs?: number } = {}): InternalClient {
  const client = new InternalClient({ url, internalToken: TOKEN, service: 'test-service', ...options });
  closers.push(() => client.close());
  return client;
}

async function failure(promise: Promise<unknown>): Promise<PlatformError> {
  const error: unknown = await promise.then(
    () => new Error('It succeeded.'),
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(PlatformError);
  return error as PlatformError;
}

test('JSON goes both ways over a unix socket and over TCP', async () => {
  for (const at of [undefined, 'http://127.0.0.1:0']) {
    const { url } = await serve((router) => void router.post('/echo/:name', (req, res) => void res.json({ name: req.params.name, body: req.body as unknown, query: req.query })), at ? { at } : {}); // prettier-ignore
    const answer = await clientOf(url).json('POST', encode`/echo/${'a/b ü'}`, { body: { x: 1 }, query: { a: 1, b: undefined, c: true } }); // prettier-ignore
    expect(answer).toEqual({ name: 'a/b ü', body: { x: 1 }, query: { a: '1', c: 'true' } });
  }
});

test('a unix socket is open to its owner only, replaces a stale one, and goes on close', async () => {
  const at = `unix:${path.join(folder, 'x.sock')}`;
  const first = await serve(() => undefined, { at });
  expect((await stat(path.join(folder, 'x.sock'))).mode & 0o777).toBe(0o600);
  await first.close();
  await first.close();
  await expect(stat(path.join(folder, 'x.sock'))).rejects.toThrow('ENOENT');
});

test('a socket that a killed process left is no obstacle; what else is in its place stays, and is said', async () => {
  const at = path.join(folder, 'left.sock');
  const listening = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', listening, at]);
  expect((await stat(at)).isSocket()).toBe(true);
  await serve(() => undefined, { at: `unix:${at}` });
  const file = path.join(folder, 'notes.txt');
  await writeFile(file, 'mine');
  const inItsPlace = serve(() => undefined, { at: `unix:${file}` });
  await expect(inItsPlace).rejects.toThrow(`something else than a socket at ${file}`);
  expect(await readFile(file, 'utf8')).toBe('mine');
  const below = serve(() => undefined, { at: `unix:${file}/x.sock` });
  await expect(below).rejects.toThrow(/^Nothing can listen at .*x\.sock \(.*has to be able to write/);
});

test('without the internal token everything under /internal is unauthenticated; /healthz is not', async () => {
  const { url } = await serve((router) => void router.get('/x', (_req, res) => void res.json({})), { at: 'http://127.0.0.1:0' }); // prettier-ignore
  const error = await failure(clientOf(url, { internalToken: 'wrong' }).json('GET', '/x'));
  expect(error).toMatchObject({ code: 'unauthenticated', component: 'test-service' });
  expect((await fetch(`${url}/internal/x`)).headers.get('www-authenticate')).toBe('Bearer realm="plat"');
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok', component: 'test-service' });
});

test('an error keeps code, message, details and component on its way, and Retry-After is set', async () => {
  const thrown = new PlatformError('rate_limited', 'Slow down.', { details: { retryAfterSeconds: 1.2, limit: 5 } });
  const { url } = await serve((router) => void router.get('/x', () => { throw thrown; }), { at: 'http://127.0.0.1:0' }); // prettier-ignore
  const error = await failure(clientOf(url).json('GET', '/x'));
  expect(error).toMatchObject({ code: 'rate_limited', message: 'Slow down.', component: 'test-service', details: thrown.details });
  const answer = await fetch(`${url}/internal/x`, { headers: { authorization: `Bearer ${TOKEN}`, 'x-request-id': 'my-id' } });
  expect(answer.status).toBe(429);
  expect(answer.headers.get('retry-after')).toBe('2');
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(await answer.json()).toMatchObject({ requestId: 'my-id' });
}); // prettier-ignore

test('what the body parser and the router refuse is the fault of the caller', async () => {
  const { url } = await serve((router) => void router.post('/x', (_req, res) => void res.json({})), { at: 'http://127.0.0.1:0' }); // prettier-ignore
  const post = (body: string) =>
    fetch(`${url}/internal/x`, { method: 'POST', body, headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' } }); // prettier-ignore
  expect(await (await post('{')).json()).toMatchObject({ code: 'invalid', status: 400 });
  expect(await (await post(`"${'x'.repeat(5_000_000)}"`)).json()).toMatchObject({
    code: 'too_large',
    status: 413,
  });
  const missing = await fetch(`${url}/internal/nope`, { headers: { authorization: `Bearer ${TOKEN}` } });
  expect(await missing.json()).toMatchObject({
    code: 'not_found',
    detail: 'There is no route GET /internal/nope.',
  });
});

test('an unexpected error is internal, without its text', async () => {
  const { url } = await serve((router) => void router.get('/x', async () => { throw new Error('hunter2'); })); // prettier-ignore
  const error = await failure(clientOf(url).json('GET', '/x'));
  expect(error.code).toBe('internal');
  expect(JSON.stringify({ ...error, message: error.message })).not.toContain('hunter2');
});

test('what is given up because the caller left is no error in the log', async () => {
  const logged: unknown[] = [];
  const logger = { ...silentLogger(), debug: () => undefined, error: (line: unknown) => logged.push(line) } as unknown as Logger; // prettier-ignore
  const { url } = await serve((router) => {
    const until = (res: ServerResponse, error: Error) => once(res, 'close').then(() => Promise.reject(error));
    router.get('/given-up', (_req, res) => until(res, new DOMException('It was aborted.', 'AbortError')));
    router.get('/broken', (_req, res) => until(res, new Error('It broke.')));
  }, { logger }); // prettier-ignore
  for (const route of ['/given-up', '/broken'])
    await failure(clientOf(url, { timeoutMs: 100 }).json('GET', route));
  await expect.poll(() => logged).toMatchObject([{ err: { message: 'It broke.' } }]);
});

test('no answer, an answer that is no problem, and one that breaks off are all unreachable, and name the service', async () => {
  const gone = await failure(clientOf(`unix:${folder}/nobody.sock`).json('GET', '/x'));
  expect(gone).toMatchObject({ code: 'unreachable', component: 'test-service' });
  const server = await listen(
    createServer((req, res) => {
      if (req.url === '/internal/html') res.writeHead(502).end('<html>');
      else res.writeHead(200, { 'content-length': 100 }).write('{', () => res.destroy());
    }),
    'http://127.0.0.1:0',
  );
  closers.push(server.close);
  for (const route of ['/html', '/broken'])
    expect((await failure(clientOf(server.url).json('GET', route))).code).toBe('unreachable');
});

test('a call has a deadline for its headers, its body, and its wait for a connection', async () => {
  const server = await listen(
    createServer((req, res) => {
      if (req.url === '/internal/body') {
        res.write('{');
        const timer = setInterval(() => res.write(' '), 10);
        res.once('close', () => clearInterval(timer));
      }
    }),
    'http://127.0.0.1:0',
    { drainMs: 0 },
  );
  closers.push(server.close);
  const client = clientOf(server.url, { timeoutMs: 150 });
  for (const route of ['/headers', '/body'])
    expect((await failure(client.json('GET', route))).code).toBe('unreachable');
  const many = await Promise.allSettled(Array.from({ length: 80 }, () => client.json('GET', '/headers')));
  expect(many.every((one) => one.status === 'rejected')).toBe(true);
  expect((await failure(client.stream('GET', '/headers'))).code).toBe('unreachable');
});

test('streams outlive the deadline, and do not take the connections of calls', async () => {
  const { url } = await serve((router) => {
    router.get('/stream', (_req, res) => void res.write('a'));
    router.get('/x', (_req, res) => void res.json({ ok: true }));
  }, { drainMs: 0 }); // prettier-ignore
  const client = clientOf(url, { timeoutMs: 2000 });
  const streams = await Promise.all(Array.from({ length: 80 }, () => client.stream('GET', '/stream')));
  expect(await client.json('GET', '/x')).toEqual({ ok: true });
  expect(streams.every((stream) => !stream.destroyed)).toBe(true);
  for (const stream of streams) stream.on('error', () => undefined).destroy();
});

test('a caller that leaves gets its own reason, not unreachable', async () => {
  const { url } = await serve((router) => void router.get('/x', () => undefined), { drainMs: 0 });
  const controller = new AbortController();
  const call = clientOf(url).json('GET', '/x', { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('gone')), 20);
  await expect(call).rejects.not.toBeInstanceOf(PlatformError);
});

test('close lets a running request finish, promptly, and refuses new ones', async () => {
  let answer: () => void = () => undefined;
  let arrived: () => void = () => undefined;
  const hasArrived = new Promise<void>((resolve) => (arrived = resolve));
  const { url, close } = await serve((router) => {
    router.get('/slow', (_req, res) => {
      answer = () => res.json({ ok: true });
      arrived();
    });
    router.get('/fast', (_req, res) => void res.json({}));
  });
  const client = clientOf(url);
  await client.json('GET', '/fast');
  const slow = client.json('GET', '/slow');
  await hasArrived;
  const startedAt = performance.now();
  const closed = close();
  expect((await failure(clientOf(url).json('GET', '/fast'))).code).toBe('unreachable');
  answer();
  expect(await slow).toEqual({ ok: true });
  await closed;
  expect(performance.now() - startedAt).toBeLessThan(2000);
});

test('close cuts what does not finish, upgraded connections too', async () => {
  const server = createServer(() => undefined);
  server.on('upgrade', (_req, socket) => void socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
  const running = await listen(server, 'http://127.0.0.1:0', { drainMs: 50 });
  const { port } = new URL(running.url);
  const closedBy = (first: string) =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(first));
      socket.on('error', () => undefined).once('close', () => resolve());
      socket.resume();
    });
  const stuck = closedBy('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const upgraded = closedBy('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 50));
  await Promise.all([running.close(), running.close()]);
  await Promise.all([stuck, upgraded]);
});

test('bearerToken() and secretsEqual() read and compare secrets', () => {
  expect(bearerToken('Bearer abc')).toBe('abc');
  expect(bearerToken('bearer  abc ')).toBe('abc');
  for (const bad of [undefined, '', 'abc', 'Basic abc', 'Bearer', 'Bearer a b', 'Bearer a,b']) expect(bearerToken(bad)).toBeUndefined(); // prettier-ignore
  expect(secretsEqual('a', 'a')).toBe(true);
  for (const other of ['', 'b', 'aa']) expect(secretsEqual('a', other)).toBe(false);
});
