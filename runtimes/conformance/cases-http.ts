import { expect } from 'vitest';
import type { Case } from './case.ts';
import { saysWhyLoadingFails } from './cases-failures.ts';
import { json, send } from './http-client.ts';
import { eventually, untilPrinted } from './waiting.ts';

/** Any server on `$PORT`. */
export const httpCases: Case[] = [
  {
    name: 'hands a request over as it is',
    check: async ({ shared }) => {
      const path = '/a%20b/c?x=1&x=2&y=%26';
      const received = await send(shared, {
        case: 'echo',
        method: 'POST',
        path,
        headers: { 'x-mine': 'yes', 'content-type': 'text/plain' },
        body: 'a body',
      });
      expect(json(received)).toEqual({ method: 'POST', url: path, body: 'a body', header: 'yes' });
      const other = await send(shared, { case: 'echo', method: 'DELETE' });
      expect(json(other)).toMatchObject({ method: 'DELETE', url: '/', header: null });
    },
  },
  {
    name: 'takes and gives bytes',
    check: async ({ shared }) => {
      const body = Buffer.alloc(3 * 1024 * 1024, Buffer.from([0, 255, 10, 13, 128]));
      const headers = { 'content-type': 'application/octet-stream' };
      const received = await send(shared, { case: 'bytes', method: 'POST', headers, body });
      expect(received.body.equals(body)).toBe(true);
    },
  },
  {
    name: 'answers with any status and any headers',
    check: async ({ shared }) => {
      const received = await send(shared, { case: 'teapot' });
      expect([received.status, received.headers['x-answer']]).toEqual([418, 'yes']);
      expect(received.headers['set-cookie']?.map((cookie) => cookie.split(';')[0])).toEqual(['a=1', 'b=2']);
      expect(received.body.toString()).toBe('short and stout');
    },
  },
  {
    name: 'sends a streamed answer piece by piece',
    check: async ({ shared }) => {
      const chunks: string[] = [];
      const received = await send(shared, { case: 'stream', onChunk: (chunk) => chunks.push(chunk) });
      expect(chunks).toEqual(['first,', 'second']);
      expect(received.isWhole).toBe(true);
    },
  },
  {
    name: 'answers calls side by side',
    check: async ({ shared }) => {
      const peaks = await Promise.all([1, 2, 3].map(async () => json(await send(shared, { case: 'meet' }))));
      expect(Math.max(...peaks)).toBeGreaterThanOrEqual(3);
    },
  },
  {
    name: 'goes on after a call that failed',
    needs: 'throw',
    check: async ({ shared }) => {
      const failed = await send(shared, { case: 'throw' });
      expect(failed.status).toBe(500);
      expect((await send(shared, { case: 'echo' })).status).toBe(200);
    },
  },
  {
    name: 'knows who it is',
    check: async ({ shared }) => {
      expect(json(await send(shared, { case: 'environment' }))).toEqual(['conformance', 'fixture', '7']);
    },
  },
  {
    name: 'writes to /tmp only, and is nobody',
    check: async ({ shared }) => {
      expect(json(await send(shared, { case: 'files' }))).toEqual({
        app: 'EROFS',
        tmp: 'written',
        uid: 65532,
      });
    },
  },
  {
    name: 'has what a call prints in its log',
    check: async ({ shared }) => {
      await send(shared, { case: 'print' });
      await eventually('it is printed', () => shared.logs().includes('printed by the call') || undefined);
    },
  },
  {
    name: 'puts the id of its call before what is printed',
    needs: 'framed-logs',
    check: async ({ shared }) => {
      await send(shared, { case: 'print', requestId: 'print-1' });
      await untilPrinted(shared, 'print-1', { pattern: /printed by the call/ });
    },
  },
  {
    name: 'says what a call has used',
    needs: 'usage',
    check: async ({ shared }) => {
      const received = await send(shared, { case: 'burn' });
      expect(Number(received.headers['x-plat-cpu-us'])).toBeGreaterThan(2_000);
      expect(Number(received.headers['x-plat-memory-bytes'])).toBeGreaterThan(1024 * 1024);
    },
  },
  {
    name: 'ends calls in flight before it ends itself',
    needs: 'drain',
    check: async ({ start, fixture }) => {
      const instance = await start({ PLAT_HANDLER: fixture.handler });
      const call = send(instance, { case: 'slow' });
      await eventually('the call has begun', () => instance.logs().includes('slow has begun') || undefined);
      await instance.terminate();
      expect((await call).body.toString()).toBe('done');
      expect(await instance.ended).toBe(0);
    },
  },
  {
    name: 'serves every form of server',
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
