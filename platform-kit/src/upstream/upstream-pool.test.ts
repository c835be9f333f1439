import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { poll } from '../waiting.ts';
import { askUpstream } from './ask-upstream.ts';
import { dialSocket } from './dial-socket.ts';
import type { AnswerHandler, Exchange } from './exchange.ts';
import type { RequestBody } from './request-body.ts';
import { StreamBuffers } from './stream-buffers.ts';
import { UpstreamPool } from './upstream-pool.ts';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const BOUNDS = { limitBytes: 1024, signal: AbortSignal.timeout(10_000) };

let server: Server;
let pool: UpstreamPool;
const sockets = new Set<Socket>();
/** How many connections there were in all. */
let accepted = 0;
/** What came over each, by its number. */
let received: string[] = [];

afterEach(async () => {
  pool.destroy();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

async function serve(answer: (socket: Socket, text: string, connection: number) => void): Promise<void> {
  accepted = 0;
  received = [];
  server = createServer((socket) => {
    const connection = accepted++;
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      received[connection] = (received[connection] ?? '') + text;
      answer(socket, text, connection);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  pool = new UpstreamPool({
    host: 'test',
    dial: (signal, onread) => dialSocket({ host: '127.0.0.1', port }, signal, onread),
    streams: new StreamBuffers(1),
  });
}

const get = (path = '/') => askUpstream(pool, { method: 'GET', path }, BOUNDS);

async function until(isTrue: () => boolean): Promise<void> {
  await poll(() => Promise.resolve(isTrue() || undefined), { intervalMs: 5, timeoutMs: 5000 });
}

/** Sends with a body and says how it ended. */
function send(
  body: RequestBody | undefined,
  over: Partial<AnswerHandler> = {},
  { path = '/', begun = (_exchange: Exchange): void => undefined } = {},
): Promise<'end' | Error> {
  return new Promise((resolve) => {
    const nothing = () => undefined;
    const handler = { onSent: nothing, onInterim: nothing, onHead: nothing, onData: () => true, onFlush: nothing };
    const ended = { onEnd: () => resolve('end'), onFail: (error: Error) => resolve(error) };
    begun(pool.send({ method: 'PUT', path, headers: [], body }, { ...handler, ...ended, ...over }));
  });
} // prettier-ignore

describe('UpstreamPool', () => {
  it('uses a connection again, and as many as there are requests at once', async () => {
    await serve((socket) => void socket.write(OK));
    for (let i = 0; i < 3; i++) expect((await get()).body.toString()).toBe('ok');
    expect(accepted).toBe(1);
    await Promise.all([get(), get(), get()]);
    expect(accepted).toBe(3);
    expect(pool.connected).toBe(3);
    expect(pool.resting).toBe(3);
  });

  it('lets a connection go that the other side is about to close', async () => {
    await serve((socket) =>
      void socket.write('HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 0\r\n\r\n'),
    ); // prettier-ignore
    await get();
    await until(() => pool.connected === 0);
    expect(pool.connected).toBe(0);
  });

  it('gives a connection up on which something comes that nobody asked for', async () => {
    await serve((socket) => void socket.write(OK, () => setTimeout(() => socket.write(OK), 5)));
    await get();
    await until(() => pool.connected === 0);
    expect(pool.connected).toBe(0);
  });

  it('keeps a connection for the next one when the first was left before it stood', async () => {
    await serve((socket) => void socket.write(OK));
    const nothing = () => undefined;
    const handler = { onSent: nothing, onInterim: nothing, onHead: nothing, onData: () => true, onFlush: nothing };
    const told: string[] = [];
    const ends = { onEnd: () => void told.push('end'), onFail: () => void told.push('fail') };
    pool.send({ method: 'GET', path: '/left', headers: [], body: undefined }, { ...handler, ...ends }).abort();
    await until(() => pool.resting === 1);
    await get('/next');
    expect(accepted).toBe(1);
    expect(received[0]).toContain('GET /next');
    expect(received[0]).not.toContain('/left');
    expect(told).toEqual([]);
  }); // prettier-ignore

  it('says whether a connection that broke had carried an answer before', async () => {
    await serve((socket, text) => (text.includes('/die') ? socket.destroy() : void socket.write(OK)));
    await expect(get('/die')).rejects.toMatchObject({ code: 'connection_broken', wasKept: false });
    await get();
    await expect(get('/die')).rejects.toMatchObject({ code: 'connection_broken', wasKept: true });
  });

  it('does not use a connection again whose answer came before the body was out', async () => {
    await serve((socket, text) => {
      if (text.includes('PUT')) socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n');
    });
    let stopped = 0;
    const endless: RequestBody = { start: (sink) => sink.write(Buffer.from('part')), pause: () => undefined, resume: () => undefined, stop: () => void stopped++ }; // prettier-ignore
    expect(await send(endless)).toBe('end');
    await until(() => pool.connected === 0);
    expect([pool.connected, pool.resting, stopped]).toEqual([0, 0, 1]);
  });

  it('sends a body of unknown length in chunks, at the pace of the other side', async () => {
    let isRead = false;
    await serve((socket) => {
      if (isRead) return;
      socket.pause();
      setTimeout(() => {
        isRead = true;
        socket.resume();
        socket.on('data', () => {
          if (received[0]!.endsWith('\r\n0\r\n\r\n')) socket.write(OK);
        });
      }, 20);
    });
    const part = Buffer.alloc(64 * 1024, 'x');
    let left = 100;
    let pauses = 0;
    let isHeld = false;
    let resume: () => void = () => undefined;
    const body: RequestBody = {
      start: (sink) => {
        resume = () => {
          isHeld = false;
          while (left > 0 && !isHeld) {
            left--;
            sink.write(part);
          }
          if (left === 0 && !isHeld) sink.end();
        };
        resume();
      },
      pause: () => {
        pauses++;
        isHeld = true;
      },
      resume: () => resume(),
      stop: () => undefined,
    };
    expect(await send(body)).toBe('end');
    expect(pauses).toBeGreaterThan(0);
    expect(received[0]!.match(/x/g)).toHaveLength(100 * part.length);
  });

  it('holds an answer back while its reader is full', async () => {
    await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 50000000\r\n\r\n');
      socket.write(Buffer.alloc(50_000_000));
    });
    let bytes = 0;
    const nothing = () => undefined;
    const exchange = pool.send(
      { method: 'GET', path: '/', headers: [], body: undefined },
      { onSent: nothing, onInterim: nothing, onHead: nothing, onFlush: nothing, onEnd: nothing, onFail: nothing, onData: (data) => ((bytes += data.length), false) },
    ); // prettier-ignore
    await until(() => bytes > 0);
    const [socket] = sockets;
    await until(() => socket!.writableLength > 0);
    expect(bytes).toBeLessThan(1_000_000);
    exchange.abort();
    await until(() => socket!.destroyed);
  });

  it('reads over no bytes that somebody still needs, also when another call has the connection', async () => {
    const answer = (letter: string) =>
      `HTTP/1.1 200 OK\r\ncontent-length: 20000\r\n\r\n${letter.repeat(20_000)}`;
    await serve((socket, text) => void socket.write(answer(text[5]!)));
    const kept: Buffer[] = [];
    for (const letter of 'abcd') {
      const onData = (data: Buffer) => (kept.push(data), false);
      expect(await send(undefined, { onData }, { path: `/${letter}` })).toBe('end');
    }
    expect(accepted).toBe(1);
    expect(String(Buffer.concat(kept))).toBe([...'abcd'].map((letter) => letter.repeat(20_000)).join(''));
  });

  it('reads a long answer in large parts, as many at once as there are buffers, and all of it right', async () => {
    const body = Buffer.from(Uint32Array.from({ length: 1_000_000 }, (_, i) => i).buffer);
    await serve((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`);
      socket.write(body);
    });
    /** Takes it part by part, until one is larger than `stopBeyond`; each when others had their turn. */
    const take = (stopBeyond = Infinity) => {
      let sum = 0;
      const seen = { isRight: true, largest: 0, exchange: undefined as Exchange | undefined };
      const look = (data: Buffer) => {
        seen.isRight &&= data.equals(body.subarray(sum, sum + data.length));
        sum += data.length;
        seen.largest = Math.max(seen.largest, data.length);
        if (data.length <= stopBeyond) seen.exchange!.resume();
      };
      const onData = (data: Buffer) => {
        setImmediate(look, data);
        return false;
      };
      const ended = send(undefined, { onData }, { begun: (exchange) => void (seen.exchange = exchange) });
      return { seen, ended };
    };
    const small = 32 * 1024;
    const first = take(small);
    await until(() => first.seen.largest > small);
    const second = take();
    expect(await second.ended).toBe('end');
    first.seen.exchange!.abort();
    const third = take();
    expect(await third.ended).toBe('end');
    await until(() => third.seen.largest > small);
    expect(second.seen.largest).toBeLessThanOrEqual(small);
    expect([first, second, third].map(({ seen }) => seen.isRight)).toEqual([true, true, true]);
  });

  it('refuses what cannot be written and keeps the connection', async () => {
    await serve((socket) => void socket.write(OK));
    await get();
    await expect(get('/a b')).rejects.toMatchObject({ code: 'bad_request' });
    await get();
    expect(accepted).toBe(1);
  });

  it('fails with the reason why there is no connection, and once it is closed', async () => {
    await serve((socket) => void socket.write(OK));
    await get();
    await new Promise((resolve) => {
      pool.close();
      server.close(resolve);
    });
    await expect(get()).rejects.toMatchObject({ code: 'pool_closed' });
    pool = new UpstreamPool({ host: 'test', dial: (signal) => dialSocket({ host: '127.0.0.1', port: 1 }, signal) });
    await expect(get()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  }); // prettier-ignore
});
