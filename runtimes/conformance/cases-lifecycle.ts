import { expect } from 'vitest';
import type { Case } from './case.ts';
import { json, send } from './http-client.ts';
import { eventually } from './waiting.ts';

/** An instance from its start to its end. */
export const lifecycleCases: Case[] = [
  {
    name: 'answers the reserved paths, and no others under /_plat/',
    check: async ({ shared }) => {
      const health = await send(shared, { path: '/_plat/health' });
      expect([health.status, json(health)]).toEqual([200, { status: 'ok' }]);
      const ready = await send(shared, { path: '/_plat/ready' });
      expect([ready.status, json(ready)]).toEqual([200, { status: 'ready' }]);
      expect((await send(shared, { path: '/_plat/other' })).status).toBe(404);
      // 409 by one that was specialised.
      const again = await send(shared, { path: '/_plat/specialize', method: 'POST', body: '{}' });
      expect([404, 409]).toContain(again.status);
      expect((await send(shared, { path: '/_platform', case: 'number' })).status).toBe(200);
    },
  },
  {
    name: 'is healthy but not ready while its handler loads',
    check: async ({ start, fixture }) => {
      const instance = await start({ PLAT_HANDLER: fixture.endlessLoad! }, { wait: false });
      const ready = await eventually('the server answers', () =>
        send(instance, { path: '/_plat/ready' }).catch(() => undefined),
      );
      expect([ready.status, json(ready)]).toEqual([503, { status: 'loading' }]);
      expect((await send(instance, { path: '/_plat/health' })).status).toBe(200);
    },
  },
  {
    name: 'loads every form of handler',
    check: async ({ start, fixture }) => {
      const loads = fixture.variants.map(async ({ name, handler, answer }) => {
        const instance = await start({ PLAT_HANDLER: handler });
        const received = await send(instance);
        expect({
          name,
          status: received.status,
          answer: received.status === 200 ? json(received) : received.body.toString(),
        }).toEqual({ name, status: 200, answer });
      });
      await Promise.all(loads);
    },
  },
  {
    name: 'runs as many calls at once as it is told to, and no more',
    check: async ({ start, fixture }) => {
      const instance = await start({ PLAT_HANDLER: fixture.handler, PLAT_CONCURRENCY: '2' });
      const peaks = await Promise.all(
        [1, 2, 3, 4].map(async () => json(await send(instance, { case: 'meet' })).peak),
      );
      expect(Math.max(...peaks)).toBe(2);
    },
  },
  {
    name: 'runs one call after the other with a concurrency of 1',
    check: async ({ start, fixture }) => {
      const instance = await start({ PLAT_HANDLER: fixture.handler, PLAT_CONCURRENCY: '1' });
      const peaks = await Promise.all(
        [1, 2, 3, 4].map(async () => json(await send(instance, { case: 'alone' })).peak),
      );
      expect(peaks).toEqual([1, 1, 1, 1]);
    },
  },
  {
    name: 'tells the handler that its deadline has passed',
    check: async ({ shared }) => {
      const headers = { 'x-plat-timeout-ms': '50' };
      expect(json(await send(shared, { case: 'wait-for-signal', headers }))).toEqual({ aborted: true });
    },
  },
  {
    name: 'tells the handler that its caller has left',
    check: async ({ shared }) => {
      const state = async () => json(await send(shared, { case: 'signal-state' })).signal as string;
      const caller = new AbortController();
      const call = send(shared, { case: 'wait-for-signal', signal: caller.signal }).catch(() => 'left');
      await eventually('the handler waits', async () => ((await state()) === 'waiting' ? true : undefined));
      caller.abort();
      expect(await call).toBe('left');
      await eventually('the handler was told', async () =>
        (await state()) === 'aborted' ? true : undefined,
      );
    },
  },
  {
    name: 'ends calls in flight before it ends itself',
    check: async ({ start, fixture }) => {
      const instance = await start({ PLAT_HANDLER: fixture.handler });
      const call = send(instance, { case: 'slow' });
      await eventually('the call has begun', () => instance.logs().includes('slow has begun') || undefined);
      await instance.terminate();
      expect(json(await call)).toBe('done');
      const answeredAt = Date.now();
      expect(await instance.ended).toBe(0);
      // Far from the 25 s after which it would end in any case.
      expect(Date.now() - answeredAt).toBeLessThan(15_000);
    },
  },
  {
    name: 'ends at once when it has nothing to do',
    check: async ({ start, fixture }) => {
      const instance = await start({ PLAT_HANDLER: fixture.handler });
      await instance.terminate();
      expect(await instance.ended).toBe(0);
    },
  },
];
