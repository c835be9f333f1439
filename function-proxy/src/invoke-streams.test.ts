import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { ProxyHarness, until } from './testing/proxy-harness.ts';
import { fakeFunction } from './testing/fake-records.ts';

const BLOCK_BYTES = 64 * 1024;

let harness: ProxyHarness;
afterEach(() => harness.close());

describe('invoke() streams', () => {
  it('hands on the first bytes, and bare headers, before the answer is complete', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    let goOn: () => void = () => undefined;
    await harness.addInstance(hello, {
      behaviour: (_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        res.flushHeaders();
        goOn = () => {
          res.write('data: 1\n\n');
          goOn = () => res.end('data: 2\n\n');
        };
      },
    });
    const response = await request(`${harness.frontUrl}/hello`, { dispatcher: harness.agent });
    expect(response.headers['content-type']).toBe('text/event-stream');
    const chunks = response.body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    goOn();
    expect(String((await chunks.next()).value)).toBe('data: 1\n\n');
    goOn();
    expect(String((await chunks.next()).value)).toBe('data: 2\n\n');
    expect((await chunks.next()).done).toBe(true);
  });

  it('carries a large answer whole, at the pace of the reader', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const total = 64 * 1024 * 1024;
    const hashes = { sent: createHash('sha1'), received: createHash('sha1') };
    let sent = 0;
    await harness.addInstance(hello, {
      behaviour: (_req, res) => {
        const body = new Readable({
          read() {
            const block = Buffer.alloc(BLOCK_BYTES, (sent / BLOCK_BYTES) % 251);
            sent += block.length;
            if (sent <= total) hashes.sent.update(block);
            this.push(sent > total ? null : block);
          },
        });
        body.pipe(res);
      },
    });
    const response = await request(`${harness.frontUrl}/hello`, { dispatcher: harness.agent });
    await delay(300);
    // What the sockets and buffers on the way hold, and not the whole answer.
    expect(sent).toBeLessThan(total / 2);
    let received = 0;
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      received += chunk.length;
      hashes.received.update(chunk);
    }
    expect(received).toBe(total);
    expect(hashes.received.digest('hex')).toBe(hashes.sent.digest('hex'));
  });

  it('carries an upload at the pace of the function', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    harness.target = { bodyLimitBytes: 1e9 };
    let start: () => void = () => undefined;
    await harness.addInstance(hello, {
      behaviour: (req, res) => {
        let received = 0;
        start = () => {
          req.on('data', (chunk: Buffer) => (received += chunk.length));
          req.on('end', () => res.end(String(received)));
        };
      },
    });
    const total = 64 * 1024 * 1024;
    let sent = 0;
    const block = Buffer.alloc(64 * 1024);
    const upload = new Readable({
      read() {
        sent += block.length;
        this.push(sent > total ? null : block);
      },
    });
    const reply = harness.call('/hello', { method: 'POST', body: upload });
    await delay(300);
    expect(sent).toBeLessThan(total / 2);
    start();
    expect((await reply).body).toBe(String(total));
  });

  it('takes an answer that comes before the whole body was sent', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    harness.target = { bodyLimitBytes: 1e9 };
    await harness.addInstance(hello, { behaviour: (_req, res) => void res.end('enough') });
    const upload = () => Readable.from(Array.from({ length: 100 }, () => Buffer.alloc(64 * 1024)));
    for (let i = 0; i < 3; i++)
      expect((await harness.call('/hello', { method: 'PUT', body: upload() })).body).toBe('enough');
  });

  it('refuses a body past the limit: by its length before reading, in chunks while it comes', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    harness.target = { bodyLimitBytes: 1000 };
    let aborted = 0;
    const instance = await harness.addInstance(hello, {
      behaviour: (req, res) => {
        req.on('aborted', () => aborted++);
        req.resume().on('end', () => res.end('took it'));
      },
    });
    const long = await harness.call('/hello', { method: 'POST', body: 'x'.repeat(1001) });
    expect(long.status).toBe(413);
    expect(instance.requests).toHaveLength(0);
    const chunked = await harness.call('/hello', {
      method: 'POST',
      body: Readable.from([Buffer.alloc(600), Buffer.alloc(600)]),
    });
    expect(chunked.status).toBe(413);
    expect(JSON.parse(chunked.body)).toMatchObject({ code: 'too_large', details: { limitBytes: 1000 } });
    await until(() => aborted === 1);
    expect((await harness.call('/hello', { method: 'POST', body: 'x'.repeat(1000) })).body).toBe('took it');
  });

  it('hands on trailers except the platform’s own, which it reads', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    await harness.addInstance(hello, {
      behaviour: (_req, res) => {
        res.writeHead(200, { trailer: 'x-sum' });
        res.write('body');
        res.addTrailers({ 'x-sum': '42', 'x-plat-memory-bytes': '77' });
        res.end();
      },
    });
    const response = await request(`${harness.frontUrl}/hello`, { dispatcher: harness.agent });
    await response.body.text();
    expect(response.trailers).toEqual({ 'x-sum': '42' });
    expect((await harness.executions(1))[0]).toMatchObject({ memoryBytes: 77, bytesOut: 4 });
  });
});
