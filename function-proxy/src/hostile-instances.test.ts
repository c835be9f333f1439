import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ProxyHarness, until, type Reply } from './testing/proxy-harness.ts';
import { fakeFunction } from './testing/fake-records.ts';
import type { RawBehaviour, RawInstance } from './testing/raw-instance.ts';

let harness: ProxyHarness;
afterEach(() => harness.close());

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

async function startHostile(behaviour: RawBehaviour, timeoutMs = 3000): Promise<RawInstance> {
  const hello = fakeFunction({ name: 'hello', versions: [{ number: 1, timeoutMs }] });
  harness = await ProxyHarness.start([hello]);
  return harness.addRawInstance(hello, behaviour);
}

function problem({ status, body }: Reply): { status: number; code: string; reason: unknown } {
  const { code, details, component } = JSON.parse(body);
  expect(component).toBe('function-proxy');
  return { status, code, reason: details?.reason };
}

const BAD_ANSWER = { status: 502, code: 'function_failed', reason: 'bad_answer' };
const BROKEN = { status: 502, code: 'function_failed', reason: 'connection_broken' };

/** Writes for as long as the other side takes it, at its pace. */
function pour(socket: Socket, chunk: string | Buffer): void {
  const write = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', write);
  write();
}

describe('an instance that does not speak HTTP well', () => {
  it.each<[string, string | Buffer, object]>([
    ['garbage', randomBytes(4096), BAD_ANSWER],
    ['a greeting of another protocol', '220 mail.example.com ESMTP\r\n', BAD_ANSWER],
    ['a header of 100 KB', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`, BAD_ANSWER],
    ['ten thousand headers', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(10_000)}\r\n`, BAD_ANSWER],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n', BAD_ANSWER],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok', BAD_ANSWER],
    ['length and chunks at once', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', BAD_ANSWER],
    ['a header with a bare CR', 'HTTP/1.1 200 OK\r\nx: a\rset-cookie: b\r\ncontent-length: 0\r\n\r\n', BAD_ANSWER],
    ['an upgrade that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n', BAD_ANSWER],
  ])('is answered for with a 502 when it sends %s', async (_what, bytes, expected) => {
    const instance = await startHostile((socket, _request, count) => void socket.write(count === 1 ? bytes : OK));
    expect(problem(await harness.call('/hello', { method: 'POST', body: 'x' }))).toEqual(expected);
    // Nothing of it is left in the way of the next call.
    expect((await harness.call('/hello')).body).toBe('ok');
    expect(instance.requests).toHaveLength(2);
  }); // prettier-ignore

  it.each<[string, string]>([
    ['before a byte of the answer', ''],
    ['in the middle of the head', 'HTTP/1.1 200 OK\r\ncontent-le'],
  ])('is answered for with a 502 when it closes %s, and gets no call twice', async (_what, bytes) => {
    const instance = await startHostile((socket) => void socket.end(bytes));
    for (const method of ['POST', 'GET'] as const) {
      expect(problem(await harness.call('/hello', { method }))).toEqual(BROKEN);
    }
    expect(instance.requests).toHaveLength(2);
  });

  it('has its answer cut, not completed, when it ends within a chunk', async () => {
    await startHostile((socket) => {
      socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel');
    });
    await expect(harness.call('/hello')).rejects.toThrow();
    expect((await harness.executions(1))[0]).toMatchObject({ outcome: 'function_error', status: 502 });
  });
});

describe('an instance that answers too much', () => {
  it('does not get its second answer to the next caller', async () => {
    const evil = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nEVIL';
    await startHostile((socket, _request, count) => void socket.write(count % 2 === 1 ? OK + evil : OK));
    for (let i = 0; i < 6; i++) expect((await harness.call('/hello')).body).toBe('ok');
  });

  it('nor one that it sends while its connection rests', async () => {
    const evil = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nEVIL';
    const instance = await startHostile((socket) => {
      socket.write(OK, () => setTimeout(() => socket.write(evil), 10));
    });
    for (let i = 0; i < 3; i++) {
      expect((await harness.call('/hello')).body).toBe('ok');
      // The connection that was answered on twice is given up.
      await until(() => instance.sockets.size === 0);
    }
  });

  it('has an endless body cut at the timeout, and its connection with it', async () => {
    let of: Socket | undefined;
    await startHostile((socket) => {
      of = socket;
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      pour(socket, `10000\r\n${'x'.repeat(65_536)}\r\n`);
    }, 300);
    await expect(harness.call('/hello')).rejects.toThrow();
    await until(() => of!.destroyed);
    expect((await harness.executions(1))[0]).toMatchObject({ outcome: 'timeout' });
  });

  it('has a flood of interim answers ended at the timeout, and few of them handed on', async () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n'.repeat(1000);
    let of: Socket | undefined;
    await startHostile((socket) => pour((of = socket), hints), 300);
    let handedOn = 0;
    const req = httpRequest(`${harness.frontUrl}/hello`).on('information', () => void handedOn++);
    const [response] = (await once(req.end(), 'response')) as [IncomingMessage];
    expect(response.resume().statusCode).toBe(504);
    expect(handedOn).toBe(16);
    await until(() => of!.destroyed);
  });
});

describe('an instance that announces trailers', () => {
  it('is answered for without them where there are no chunks to carry them', async () => {
    await startHostile((socket, request) => {
      const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n';
      socket.write(request.startsWith('HEAD') ? head : `${head}2\r\nok\r\n0\r\nx-sum: 1\r\n\r\n`);
    });
    expect(await harness.call('/hello', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    const whole = await harness.call('/hello');
    expect(whole).toMatchObject({ status: 200, body: 'ok', headers: { trailer: 'x-sum' } });
  });
});

describe('an instance that takes its time', () => {
  it('may let its answer trickle, byte by byte', async () => {
    await startHostile((socket) => {
      const bytes = [...OK];
      const next = () => void (bytes.length > 0 && socket.write(bytes.shift()!, () => setTimeout(next, 1)));
      next();
    });
    expect(await harness.call('/hello')).toMatchObject({ status: 200, body: 'ok' });
  });

  it('is ended by the timeout when its head trickles for ever', async () => {
    let of: Socket | undefined;
    await startHostile((socket) => {
      of = socket;
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = () => void (!socket.destroyed && socket.write('x: y\r\n', () => setTimeout(drip, 20)));
      drip();
    }, 300);
    expect((await harness.call('/hello')).status).toBe(504);
    await until(() => of!.destroyed);
  });
});

describe('an instance that dies', () => {
  it('between connect and write has a call answered for once, whatever the method', async () => {
    const instance = await startHostile((socket) => void socket.write(OK));
    instance.accepts = 'resets';
    // The connection of the readiness probe is kept and would be used first.
    for (const socket of instance.sockets) socket.destroy();
    for (const method of ['POST', 'GET'] as const) {
      const reply = await harness.call('/hello', { method });
      expect(reply.status).toBe(502);
      expect(JSON.parse(reply.body).code).toBe('function_failed');
    }
    expect(instance.requests).toEqual([]);
    instance.accepts = 'all';
    expect((await harness.call('/hello')).body).toBe('ok');
  });

  it('on a kept connection has a GET repeated and a POST not', async () => {
    let isDying = false;
    const instance = await startHostile((socket) => {
      if (isDying) socket.resetAndDestroy();
      else socket.write(OK);
      isDying = false;
    });
    await harness.call('/hello');
    isDying = true;
    expect((await harness.call('/hello')).body).toBe('ok');
    isDying = true;
    expect(problem(await harness.call('/hello', { method: 'POST', body: 'x' }))).toEqual(BROKEN);
    expect(instance.requests).toHaveLength(4);
  });
});
