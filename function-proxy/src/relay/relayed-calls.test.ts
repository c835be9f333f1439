import { duplexPair, type Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { deadline } from '@plat/platform-kit/waiting.ts';
import type { Dialer } from '../dialer.ts';
import { fakeFunction } from '../testing/fake-records.ts';
import { ProxyHarness, until } from '../testing/proxy-harness.ts';
import { serveRelay, type Interfaces } from './relay-server.ts';
import { RelaySession } from './relay-session.ts';

/** As if loopback were a network of containers. */
const LOOPBACK_AS_NETWORK: Interfaces = () => ({
  eth0: [
    { address: '126.0.0.9', cidr: '126.0.0.9/7', family: 'IPv4', internal: false, netmask: '', mac: '' },
  ],
});

/** The whole proxy, with the relay between it and its instances. */
const hello = fakeFunction({ name: 'hello', versions: [{ number: 1, concurrency: 100 }] });
let harness: ProxyHarness;
let session: RelaySession | undefined;
let transport: Duplex;
let connections = 0;

const dialer: Dialer = {
  dial: (address, signal) => {
    connections++;
    return session!.dial(address, signal);
  },
};

async function connectRelay(): Promise<void> {
  const [near, far] = duplexPair();
  transport = near;
  serveRelay(far, { interfaces: LOOPBACK_AS_NETWORK });
  session = await RelaySession.open(near, deadline(5000));
}

beforeEach(async () => {
  connections = 0;
  await connectRelay();
  harness = await ProxyHarness.start([hello], {}, undefined, { dialer });
});
afterEach(async () => {
  await harness.close();
  session?.close();
});

it('calls go through and keep their connections', async () => {
  const instance = await harness.addInstance(hello, {
    behaviour: (req, res) => void req.on('end', () => res.end(`${req.method} ${req.url}`)).resume(),
  });
  for (let i = 0; i < 20; i++) expect((await harness.call('/hello/a')).body).toBe('GET /a');
  expect((await harness.call('/hello/b', { method: 'POST', body: 'x'.repeat(300_000) })).body).toBe(
    'POST /b',
  );
  expect(instance.requests).toHaveLength(21);
  expect(connections).toBeLessThan(4);
});

it('a hundred calls at once get a connection each', async () => {
  const answers: (() => void)[] = [];
  const instance = await harness.addInstance(hello, {
    behaviour: (req, res) => {
      answers.push(() => res.end(req.url));
      if (answers.length === 100) for (const answer of answers) answer();
    },
  });
  const replies = await Promise.all(Array.from({ length: 100 }, (_, i) => harness.call(`/hello/${i}`)));
  expect(replies.map(({ body }) => body)).toEqual(Array.from({ length: 100 }, (_, i) => `/${i}`));
  expect(instance.peak).toBe(100);
});

it('a WebSocket goes through', async () => {
  const instance = await harness.addInstance(hello);
  const sockets = new WebSocketServer({ server: instance.server });
  sockets.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => socket.send(`echo ${data.toString()}`)),
  );
  const socket = new WebSocket(`${harness.frontUrl.replace('http', 'ws')}/hello/`);
  const said = new Promise((resolve, reject) =>
    socket.on('message', (data: Buffer) => resolve(data.toString())).on('error', reject),
  );
  socket.on('open', () => socket.send('hi'));
  expect(await said).toBe('echo hi');
  const inFlight = async () => (await harness.client.load()).items.map((load) => load.inFlight);
  expect(await inFlight()).toEqual([1]);
  const left = new Promise((resolve) => [...sockets.clients][0]!.on('close', resolve));
  socket.terminate();
  await until(async () => (await inFlight())[0] === 0);
  await left;
  sockets.close();
});

it('an instance that takes no connections is seen as such', async () => {
  const instance = await harness.addInstance(hello);
  await instance.close();
  const second = harness.call('/hello/');
  await harness.addInstance(hello, { behaviour: (_req, res) => void res.end('the other') });
  expect(await second).toMatchObject({ status: 200, body: 'the other' });
});

it('calls under way break with the relay, and later ones take the next relay', async () => {
  await harness.addInstance(hello, {
    behaviour: (req, res) => void (req.method === 'GET' && res.end('ok')),
  });
  expect((await harness.call('/hello/')).body).toBe('ok');
  const post = harness.call('/hello/', { method: 'POST' });
  await new Promise((resolve) => setTimeout(resolve, 100));
  transport.destroy();
  await session!.closed;
  await connectRelay();
  expect(await post).toMatchObject({ status: 502 });
  expect((await harness.call('/hello/')).body).toBe('ok');
});
