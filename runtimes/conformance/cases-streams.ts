import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Case } from './case.ts';
import { json, send } from './http-client.ts';
import { eventually, untilPrinted } from './waiting.ts';

/** Bodies that are sent piece by piece. */
export const streamCases: Case[] = [
  {
    name: 'sends the first chunk of a stream before the last one exists',
    check: async ({ shared }) => {
      const gate = randomUUID();
      let opened: Promise<unknown> | undefined;
      const received = await send(shared, {
        case: 'stream',
        headers: { 'x-gate': gate },
        // The stream ends only because its first chunk has arrived here.
        onChunk: () => (opened ??= send(shared, { case: 'open-gate', headers: { 'x-gate': gate } })),
      });
      await opened;
      expect(received.body.toString()).toBe('first\nsecond\n');
      expect(received.headers['content-type']).toBe('text/event-stream');
      expect(received.headers['x-plat-outcome']).toBe('ok');
      expect(Number(received.trailers['x-plat-cpu-us'])).toBeGreaterThan(0);
    },
  },
  {
    name: 'streams a result that is itself a stream',
    check: async ({ shared }) => {
      const received = await send(shared, { case: 'stream-result' });
      expect(received.status).toBe(200);
      expect(received.body.toString()).toBe('chunk 0\nchunk 1\nchunk 2\n');
    },
  },
  {
    name: 'cuts the connection when a stream fails midway',
    check: async ({ shared }) => {
      const received = await send(shared, { case: 'stream-fails', requestId: 'stream-fails-1' });
      expect(received.body.toString()).toBe('chunk\n');
      expect(received.isWhole).toBe(false);
      await untilPrinted(shared, 'stream-fails-1', { pattern: /on purpose/ });
    },
  },
  {
    name: 'cuts the connection when a stream yields something that is neither text nor bytes',
    check: async ({ shared }) => {
      const received = await send(shared, { case: 'stream-wrong-chunk' });
      expect(received.body.toString()).toBe('fine');
      expect(received.isWhole).toBe(false);
    },
  },
  {
    name: 'answers with outcome error when a stream fails before its first chunk',
    check: async ({ shared }) => {
      const received = await send(shared, { case: 'stream-fails-at-once' });
      expect(received.status).toBe(500);
      expect(received.headers['x-plat-outcome']).toBe('error');
      expect(json(received).errorMessage).toBe('the stream failed on purpose');
    },
  },
  {
    name: 'ends a stream when its caller leaves',
    check: async ({ shared }) => {
      const caller = new AbortController();
      await send(shared, {
        case: 'stream-endless',
        signal: caller.signal,
        onChunk: () => caller.abort(),
      }).catch(() => {});
      await eventually('the stream is closed', async () => {
        const state = json(await send(shared, { case: 'stream-state' }));
        return state.closed ? true : undefined;
      });
    },
  },
  {
    name: 'sends no body of a stream to HEAD',
    check: async ({ shared }) => {
      const received = await send(shared, { case: 'stream-result', method: 'HEAD' });
      expect(received.status).toBe(200);
      expect(received.body).toHaveLength(0);
    },
  },
];
