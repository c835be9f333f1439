import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { duplexPair, type Duplex } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deadline } from '@plat/platform-kit/waiting.ts';
import { RelaySession } from './relay-session.ts';
import { isNeighbour, serveRelay, type Interfaces } from './relay-server.ts';

const own = (address: string, cidr: string, internal = false) =>
  ({
    address,
    cidr,
    internal,
    family: address.includes(':') ? 'IPv6' : 'IPv4',
    netmask: '',
    mac: '',
  }) as never;
/** As if loopback were a network of containers. */
const LOOPBACK_AS_NETWORK: Interfaces = () => ({ eth0: [own('126.0.0.9', '126.0.0.9/7')] });
const soon = () => deadline(5000);

describe('isNeighbour()', () => {
  const interfaces = {
    lo: [own('127.0.0.1', '127.0.0.1/8', true), own('::1', '::1/128', true)],
    eth0: [own('172.18.0.3', '172.18.0.3/16'), own('fd00::3', 'fd00::3/64')],
    eth1: [own('10.5.0.130', '10.5.0.130/25')],
  };
  it.each(['172.18.0.2', '172.18.255.254', '10.5.0.131', 'fd00::7'])('takes %s, another container', (host) =>
    expect(isNeighbour(host, interfaces)).toBe(true),
  );
  it.each([
    ['172.18.0.3', 'itself'],
    ['172.18.0.1', 'the host'],
    ['10.5.0.129', 'the host'],
    ['172.18.0.0', 'no host'],
    ['172.19.0.2', 'another network'],
    ['10.5.0.2', 'another network'],
    ['127.0.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:172.18.0.1', 'the host in disguise'],
    ['8.8.8.8', 'the internet'],
    ['169.254.169.254', 'a metadata service'],
    ['hello', 'a name'],
    ['', 'nothing'],
  ])('refuses %s, %s', (host) => expect(isNeighbour(host, interfaces)).toBe(false));
});

describe('RelaySession and serveRelay() over one byte stream', () => {
  let server: Server;
  let near: Duplex;
  let session: RelaySession;
  let answer: (socket: Socket) => void;
  const sockets = new Set<Socket>();
  const place = () => ({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });

  beforeEach(async () => {
    answer = (socket) => void socket.pipe(socket);
    server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      answer(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    let far: Duplex;
    [near, far] = duplexPair();
    serveRelay(far, { interfaces: LOOPBACK_AS_NETWORK });
    session = await RelaySession.open(near, soon());
  });
  afterEach(async () => {
    session.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('carries a connection both ways, counts its bytes, and ends when the instance does', async () => {
    answer = (socket) => void socket.once('data', (data) => socket.end(`you said ${String(data)}`));
    const connection = await session.dial(place(), soon());
    connection.write('hello');
    expect(await text(connection)).toBe('you said hello');
    expect(connection).toMatchObject({ bytesWritten: 5, bytesRead: 14 });
  });

  it('says why an instance cannot be reached', async () => {
    const gone = place();
    await new Promise((resolve) => server.close(resolve));
    await expect(session.dial(gone, soon())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(session.dial({ host: '8.8.8.8', port: 53 }, soon())).rejects.toMatchObject({
      code: 'EHOSTUNREACH',
    });
    await expect(session.dial({ host: '::1', port: 53 }, soon())).rejects.toMatchObject({
      code: 'EHOSTUNREACH',
    });
    await expect(session.dial({ host: 'localhost', port: 53 }, soon())).rejects.toMatchObject({
      code: 'EHOSTUNREACH',
    });
    await expect(session.dial(gone, AbortSignal.abort())).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await new Promise<void>((resolve) => server.listen(gone.port, '127.0.0.1', resolve));
    const connection = await session.dial(gone, soon());
    connection.end('still works');
    expect(await text(connection)).toBe('still works');
  });

  it('carries three hundred connections at once without mixing them up', async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, async (_, i) => {
        const connection = await session.dial(place(), soon());
        connection.end(`${i}:${'x'.repeat(i * 10)}`);
        return text(connection);
      }),
    );
    answers.forEach((said, i) => expect(said).toBe(`${i}:${'x'.repeat(i * 10)}`));
  });

  it('carries a large body at the pace of the reader, and others past it meanwhile', async () => {
    const size = 64 * 1024 * 1024;
    let sent = 0;
    answer = async (socket) => {
      const chunk = Buffer.alloc(256 * 1024, 7);
      for (; sent < size && !socket.destroyed; sent += chunk.length)
        if (!socket.write(chunk)) await new Promise((resolve) => socket.once('drain', resolve));
      socket.end();
    };
    const slow = await session.dial(place(), soon());
    await new Promise((resolve) => slow.once('readable', resolve));
    // Nobody reads: what is under way fills the windows and the kernel's buffers, and no more.
    let before = -1;
    while (before !== sent) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(sent).toBeLessThan(size / 2);
    answer = (socket) => void socket.pipe(socket);
    const other = await session.dial(place(), soon());
    other.end('quick');
    expect(await text(other)).toBe('quick');
    const body = await buffer(slow);
    expect(body.length).toBe(size);
    expect(body.every((byte) => byte === 7)).toBe(true);
  });

  it('carries an upload at the pace of the instance', async () => {
    let open: () => void = () => undefined;
    answer = (socket) => {
      socket.pause();
      open = () => {
        let bytes = 0;
        socket.on('data', (data) => (bytes += data.length)).on('end', () => socket.end(String(bytes)));
        socket.resume();
      };
    };
    const connection = await session.dial(place(), soon());
    const chunk = Buffer.alloc(64 * 1024);
    let written = 0;
    const isFull = () => new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(true), 500);
      connection.once('drain', () => (clearTimeout(timer), resolve(false)));
    }); // prettier-ignore
    do while (connection.write(chunk)) written += chunk.length;
    while (((written += chunk.length), !(await isFull())) && written < 64 * 1024 * 1024);
    expect(written).toBeLessThan(32 * 1024 * 1024);
    open();
    connection.end();
    expect(await text(connection)).toBe(String(written));
  });

  it('lets the instance know when a caller leaves', async () => {
    const left = new Promise((resolve) => (answer = (socket) => void socket.on('end', resolve).resume()));
    const connection = await session.dial(place(), soon());
    connection.write('x');
    connection.destroy();
    await left;
  });

  it('breaks a connection that the instance resets', async () => {
    answer = (socket) => void socket.once('data', () => socket.resetAndDestroy());
    const connection = await session.dial(place(), soon());
    connection.write('x');
    await expect(text(connection)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('breaks all connections when the relay dies, and dials no more', async () => {
    const open = await Promise.all([1, 2, 3].map(() => session.dial(place(), soon())));
    const broken = open.map((connection) =>
      expect(text(connection)).rejects.toMatchObject({ code: 'ECONNRESET' }),
    );
    near.destroy();
    await session.closed;
    await Promise.all(broken);
    await expect(session.dial(place(), soon())).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
  });

  it('survives hundreds of callers that leave early', async () => {
    for (let round = 0; round < 5; round++) {
      const connections = await Promise.all(Array.from({ length: 100 }, () => session.dial(place(), soon())));
      for (const connection of connections) connection.destroy();
    }
    expect(await session.roundTrip()).toBeGreaterThan(0);
  });

  it('gives up on a relay that hangs, although it takes no byte any more', async () => {
    const [here, wireA] = duplexPair();
    const [wireB, there] = duplexPair();
    wireA.pipe(wireB).pipe(wireA);
    const far = serveRelay(there, { interfaces: LOOPBACK_AS_NETWORK });
    const hanging = await RelaySession.open(here, soon(), { pingMs: 200 });
    const connection = await hanging.dial(place(), soon());
    const broken = expect(text(connection)).rejects.toMatchObject({ code: 'ECONNRESET' });
    wireA.unpipe(wireB);
    wireB.unpipe(wireA);
    connection.write(Buffer.alloc(1024 * 1024));
    await hanging.closed;
    await broken;
    far.destroy();
  });

  it('gives up on a relay that never answers', async () => {
    const [silent] = duplexPair();
    await expect(RelaySession.open(silent, deadline(50))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(silent.destroyed).toBe(true);
  });
});
