import { expect } from 'vitest';
import type { Case } from './case.ts';
import { saysWhyLoadingFails } from './cases-failures.ts';
import { json, send } from './http-client.ts';
import type { Instance } from './launcher.ts';
import { eventually, untilPrinted } from './waiting.ts';

/** The fixture's first argument is the name of the case. */
const run = (instance: Instance, name: string, sent: Parameters<typeof send>[1] & { query?: string } = {}) =>
  send(instance, { ...sent, path: `/?case=${name}${sent.query ?? ''}` });

const MEGABYTE = 1024 * 1024;

/** A program that is run once a call. */
export const scriptCases: Case[] = [
  {
    name: 'takes its arguments from the query, in order',
    check: async ({ shared }) => {
      const query = '&b=3&a=4&a=5&empty=&odd=%26%20%C3%A9+x';
      const received = await run(shared, 'args', { query });
      expect(json(received)).toEqual(['3', '4', '5', '', '& é x']);
      expect(received.headers).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'x-plat-outcome': 'ok',
      });
      expect((await run(shared, 'args', { query: '&a=%00' })).status).toBe(400);
    },
  },
  {
    name: 'gives the body to standard input, and its end',
    check: async ({ shared }) => {
      expect((await run(shared, 'stdin', { method: 'POST', body: 'héllo' })).body.toString()).toBe('héllo');
      expect((await run(shared, 'stdin')).body.toString()).toBe('');
      const body = Buffer.alloc(3 * MEGABYTE, Buffer.from([0, 255, 10, 13, 128]));
      const headers = { 'content-type': 'application/octet-stream' };
      const bytes = await run(shared, 'stdin-bytes', { method: 'POST', headers, body });
      expect(bytes.body.equals(body)).toBe(true);
      const unread = await run(shared, 'no-stdin', { method: 'POST', headers, body });
      expect(unread.body.toString()).toBe('not read\n');
    },
  },
  {
    name: 'gives the payload of a direct invoke to standard input',
    check: async ({ start, fixture }) => {
      const instance = await start({ PLAT_HANDLER: fixture.handler });
      const headers = { 'x-plat-event': 'direct', 'content-type': 'application/json' };
      const received = await send(instance, { method: 'POST', headers, body: '{"a":1}' });
      // Without arguments the fixture has no case; it fails, and says so.
      expect(received.status).toBe(500);
      expect(json(received)).toMatchObject({ errorType: 'ScriptFailed' });
    },
  },
  {
    name: 'tells the script of its call',
    check: async ({ shared }) => {
      const received = await run(shared, 'variables', { method: 'PUT', requestId: 'call-1' });
      expect(json(received)).toEqual(['call-1', 'PUT', '/']);
    },
  },
  {
    name: 'answers with nothing when nothing is printed',
    check: async ({ shared }) => {
      const received = await run(shared, 'nothing');
      expect([received.status, received.body.length, received.headers['content-length']]).toEqual([
        200,
        0,
        '0',
      ]);
    },
  },
  {
    name: 'answers with bytes when they are no text',
    check: async ({ shared }) => {
      const received = await run(shared, 'binary');
      expect([...received.body]).toEqual([0, 255, 1, 254]);
      expect(received.headers['content-type']).toBe('application/octet-stream');
    },
  },
  {
    name: 'keeps standard error for the log',
    check: async ({ shared }) => {
      const received = await run(shared, 'errors', { requestId: 'errors-1' });
      expect(received.body.toString()).toBe('to stdout\n');
      expect(await untilPrinted(shared, 'errors-1')).toEqual(['to stderr']);
    },
  },
  {
    name: 'fails the call when the exit code is not 0, and says what was printed last',
    check: async ({ shared }) => {
      for (const [name, message] of [
        ['fail', /exited with code 3: gave up: no such thing$/],
        ['fail-usage', /exited with code 1: Usage: /],
        ['signal', /ended by SIGTERM/],
      ] as const) {
        const received = await run(shared, name);
        expect([received.status, received.headers['x-plat-outcome']]).toEqual([500, 'error']);
        expect(json(received)).toMatchObject({
          errorType: 'ScriptFailed',
          errorMessage: expect.stringMatching(message),
        });
      }
    },
  },
  {
    name: 'sends a hundred megabytes without holding them',
    check: async ({ shared }) => {
      const received = await run(shared, 'much');
      expect([received.status, received.body.length, received.isWhole]).toEqual([200, 100 * MEGABYTE, true]);
    },
  },
  {
    name: 'cuts off an answer that has begun when its script fails',
    check: async ({ shared }) => {
      const received = await run(shared, 'much-then-fail');
      expect([received.status, received.isWhole]).toEqual([200, false]);
    },
  },
  {
    name: 'ends a script whose time is over, and one whose caller has left',
    check: async ({ start, fixture }) => {
      const instance = await start({ PLAT_HANDLER: fixture.handler, PLAT_CONCURRENCY: '1' });
      const late = await run(instance, 'forever', { headers: { 'x-plat-timeout-ms': '200' } });
      expect(json(late)).toMatchObject({ errorMessage: expect.stringContaining('its time was over') });
      const caller = new AbortController();
      const call = run(instance, 'forever', { requestId: 'left-1', signal: caller.signal }).catch(
        () => 'left',
      );
      await untilPrinted(instance, 'left-1', { pattern: /forever has begun/ });
      caller.abort();
      expect(await call).toBe('left');
      // The one slot is free again.
      expect((await run(instance, 'no-stdin')).status).toBe(200);
    },
  },
  {
    name: 'ends what a script has left running',
    check: async ({ shared }) => {
      const received = await run(shared, 'child');
      expect([received.status, received.body.toString()]).toEqual([200, 'left a child\n']);
    },
  },
  {
    name: 'runs as many scripts at once as it is told to',
    check: async ({ start, fixture }) => {
      for (const concurrency of [1, 2]) {
        const instance = await start({
          PLAT_HANDLER: fixture.handler,
          PLAT_CONCURRENCY: String(concurrency),
        });
        const spans = await Promise.all(
          [1, 2].map(async () => (await run(instance, 'span')).body.toString().split(' ').map(Number)),
        );
        const [first, second] = spans.sort((a, b) => a[0]! - b[0]!);
        expect(second![0]! < first![1]!).toBe(concurrency === 2);
      }
    },
  },
  {
    name: 'says what a script has used',
    check: async ({ shared }) => {
      const received = await run(shared, 'burn');
      expect(Number(received.headers['x-plat-cpu-us'])).toBeGreaterThan(15_000);
      expect(Number(received.headers['x-plat-memory-bytes'])).toBeGreaterThan(1024 * 1024);
    },
  },
  {
    name: 'answers the reserved paths',
    check: async ({ shared }) => {
      expect(json(await send(shared, { path: '/_plat/health' }))).toEqual({ status: 'ok' });
      expect(json(await send(shared, { path: '/_plat/ready' }))).toEqual({ status: 'ready' });
      expect((await send(shared, { path: '/_plat/other' })).status).toBe(404);
    },
  },
  {
    name: 'ends scripts in flight before it ends itself',
    check: async ({ start, fixture }) => {
      const instance = await start({ PLAT_HANDLER: fixture.handler });
      const call = run(instance, 'slow');
      await eventually('the script has begun', () => instance.logs().includes('slow has begun') || undefined);
      await instance.terminate();
      expect((await call).body.toString()).toBe('done\n');
      expect(await instance.ended).toBe(0);
    },
  },
  {
    name: 'finds every form of script',
    check: async ({ start, fixture }) => {
      const serves = fixture.variants.map(async ({ name, handler, path, answer }) => {
        const instance = await start({ PLAT_HANDLER: handler });
        const received = await send(instance, { path });
        expect({ name, answer: received.body.toString() }).toEqual({ name, answer });
      });
      await Promise.all(serves);
    },
  },
  saysWhyLoadingFails,
];
