import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openEventStream, readEvents, type ServerSentEvent } from './sse.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Serves one exchange; the answer's body is read by the test. */
async function serve(handler: (res: ServerResponse) => void | Promise<void>): Promise<IncomingMessage> {
  const server = createServer((_req, res) => void handler(res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return new Promise((resolve, reject) => {
    request({ port: (server.address() as AddressInfo).port }, resolve)
      .once('error', reject)
      .end();
  });
}

test('events come out as they went in, whatever is in them', async () => {
  const events: ServerSentEvent[] = [
    { event: 'line', data: { text: 'a\nb\r\n\u2028 ü 🙂' }, id: '1' },
    { event: 'end', data: null },
    { event: 'list', data: ['data: x', ': y'] },
  ];
  const answer = await serve(async (res) => {
    const stream = openEventStream(res);
    for (const event of events) await stream.send(event);
    stream.end();
  });
  expect(answer.headers['content-type']).toBe('text/event-stream');
  const read: ServerSentEvent[] = [];
  for await (const event of readEvents(answer)) read.push(event);
  expect(read).toMatchObject(events);
});

test('an event that is split at any byte is read whole', async () => {
  const bytes = Buffer.from('event: line\ndata: {"text":"ü🙂"}\n\n');
  for (let at = 1; at < bytes.length; at++) {
    const chunks = (async function* () {
      yield bytes.subarray(0, at);
      yield bytes.subarray(at);
    })();
    const read: unknown[] = [];
    for await (const event of readEvents(chunks)) read.push(event.data);
    expect(read).toEqual([{ text: 'ü🙂' }]);
  }
});

test('send waits for a slow reader, and ends when it leaves', async () => {
  let sent = 0;
  let ended: () => void;
  const over = new Promise<void>((resolve) => (ended = resolve));
  const answer = await serve(async (res) => {
    const stream = openEventStream(res);
    while (!stream.closed.aborted) {
      await stream.send({ event: 'line', data: 'x'.repeat(64 * 1024) });
      sent++;
    }
    ended();
  });
  answer.pause();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const before = sent;
  expect(before).toBeLessThan(500);
  answer.destroy();
  await over;
});

test('many sends that wait leave no listeners behind', async () => {
  let listeners = -1;
  const answer = await serve(async (res) => {
    const stream = openEventStream(res);
    for (let i = 0; i < 30; i++) {
      await Promise.all(
        Array.from({ length: 5 }, () => stream.send({ event: 'line', data: 'x'.repeat(64 * 1024) })),
      );
    }
    listeners = res.listenerCount('drain');
    stream.end();
  });
  for await (const _ of readEvents(answer));
  expect(listeners).toBeLessThan(2);
});

test('a stream that is opened after the client left is closed from the start', async () => {
  let leave: () => void = () => undefined;
  const closed = new Promise<boolean>((resolve) => {
    const server = createServer((_req, res) => {
      res.once('close', () => setImmediate(() => resolve(openEventStream(res).closed.aborted)));
      leave();
    });
    server.listen(0, '127.0.0.1', () => {
      const client = request({ port: (server.address() as AddressInfo).port }).on('error', () => undefined);
      leave = () => client.destroy();
      client.end();
    });
    closers.push(async () => void (await new Promise((done) => server.close(done))));
  });
  expect(await closed).toBe(true);
});
