import { connect } from 'node:net';
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { afterEach, describe, expect, it } from 'vitest';
import { ProxyHarness, until } from './testing/proxy-harness.ts';
import { fakeFunction } from './testing/fake-records.ts';
import type { TestInstance } from './testing/test-instance.ts';

let harness: ProxyHarness;
afterEach(() => harness.close());

function echo(instance: TestInstance): WebSocketServer {
  const server = new WebSocketServer({ server: instance.server, handleProtocols: () => 'chat' });
  server.on('connection', (socket, req) => {
    instance.requests.push({ method: 'WS', url: req.url!, headers: req.headers, rawHeaders: req.rawHeaders });
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  return server;
}

async function open(path: string): Promise<WebSocket> {
  const socket = new WebSocket(`${harness.frontUrl.replace('http', 'ws')}${path}`, ['chat'], {
    headers: { 'x-plat-outcome': 'forged', 'x-kept': 'yes' },
  });
  await once(socket, 'open');
  return socket;
}

describe('upgrade()', () => {
  it('carries a WebSocket both ways and counts it as in flight until it closes', async () => {
    const hello = fakeFunction({ name: 'hello', versions: [{ number: 1, timeoutMs: 300 }] });
    harness = await ProxyHarness.start([hello]);
    const instance = await harness.addInstance(hello);
    echo(instance);
    const socket = await open('/hello/room?x=1');
    expect(socket.protocol).toBe('chat');
    expect((await harness.client.load()).items[0]).toMatchObject({ inFlight: 1 });
    const sent = Buffer.alloc(300_000, 5);
    socket.send(sent);
    const [received] = (await once(socket, 'message')) as [Buffer];
    expect(received.equals(sent)).toBe(true);
    expect(instance.requests[0]).toMatchObject({
      url: '/room?x=1',
      headers: { 'x-kept': 'yes', 'x-plat-trigger': 'api' },
    });
    expect(instance.requests[0]!.headers).not.toHaveProperty('x-plat-outcome');
    // Longer than the version's timeout, which holds for the answer to the upgrade only.
    await new Promise((resolve) => setTimeout(resolve, 400));
    socket.send('still here');
    expect(String((await once(socket, 'message'))[0])).toBe('still here');
    socket.close();
    await once(socket, 'close');
    await until(async () => (await harness.client.load()).items[0]?.inFlight === 0);
    expect((await harness.executions(1))[0]).toMatchObject({ status: 101, outcome: 'ok' });
  });

  it('hands on an ordinary answer instead of the upgrade', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    await harness.addInstance(hello, {
      behaviour: (_req, res) => {
        res.writeHead(501, { 'x-plat-outcome': 'invalid', 'content-type': 'text/plain' });
        res.end('no sockets here');
      },
    });
    const text = await raw('/hello', 'x: y');
    expect(text).toMatch(/^HTTP\/1\.1 501 /);
    expect(text).toContain('no sockets here');
    expect(text).not.toContain('x-plat');
    expect((await harness.executions(1))[0]).toMatchObject({ status: 501 });
  });

  it('answers errors before the upgrade as problem+json', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const text = await raw('/nobody', 'x: y');
    expect(text).toMatch(/^HTTP\/1\.1 404 /);
    expect(text).toContain('application/problem+json');
    expect(text).toContain('"code":"not_found"');
  });

  it('ends with the instance, and with the client', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const instance = await harness.addInstance(hello);
    const server = echo(instance);
    const first = await open('/hello');
    for (const client of server.clients) client.terminate();
    await once(first, 'close');
    const second = await open('/hello');
    second.terminate();
    await until(() => server.clients.size === 0);
    await until(async () => (await harness.client.load()).items[0]?.inFlight === 0);
  });

  it('closes what is still open at the deadline of a drain', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const instance = await harness.addInstance(hello, { id: 'one' });
    echo(instance);
    const socket = await open('/hello');
    const closed = once(socket, 'close');
    expect(await harness.client.drain('one', { seq: 0, timeoutMs: 50 })).toEqual({ inFlight: 1 });
    await closed;
  });

  it('does not keep it open for as long as a call may take', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    echo(await harness.addInstance(hello, { id: 'one' }));
    const closed = once(await open('/hello'), 'close');
    const times = { timeoutMs: 50, callsTimeoutMs: 60_000 };
    expect(await harness.client.drain('one', { seq: 0, ...times })).toEqual({ inFlight: 0 });
    await closed;
  });
});

/** Sends an upgrade by hand and reads what comes until the connection ends. */
async function raw(path: string, header: string): Promise<string> {
  const { hostname, port } = new URL(harness.frontUrl);
  const socket = connect(Number(port), hostname);
  socket.write(
    `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n${header}\r\n\r\n`,
  );
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}
