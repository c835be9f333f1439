import { setTimeout as delay } from 'node:timers/promises';
import { request as httpRequest } from 'node:http';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { ProxyHarness, until } from './testing/proxy-harness.ts';
import { fakeFunction } from './testing/fake-records.ts';
import type { Behaviour } from './testing/test-instance.ts';

let harness: ProxyHarness;
afterEach(() => harness.close());

/** An instance that answers only when told, in the order of arrival. */
function held(): { behaviour: Behaviour; order: string[]; next: () => void } {
  const waiting: (() => void)[] = [];
  const order: string[] = [];
  const behaviour: Behaviour = (req, res) => {
    order.push(req.url!);
    waiting.push(() => res.end(req.url));
  };
  return { behaviour, order, next: () => waiting.shift()?.() };
}

const problemOf = (body: string) => JSON.parse(body);

describe('acquire', () => {
  it('never gives an instance more calls than its concurrency, and serves who waits in order', async () => {
    const hello = fakeFunction({ name: 'hello', versions: [{ number: 1, concurrency: 2 }] });
    harness = await ProxyHarness.start([hello]);
    const { behaviour, order, next } = held();
    const instance = await harness.addInstance(hello, { behaviour });
    const calls = [];
    for (let i = 0; i < 6; i++) {
      calls.push(harness.call(`/hello/${i}`));
      await until(() => order.length === Math.min(i + 1, 2));
      if (i >= 2) await until(async () => (await load())?.waiting === i - 1);
    }
    expect(await load()).toMatchObject({ inFlight: 2, waiting: 4 });
    for (let i = 0; i < 6; i++) {
      next();
      await until(() => order.length === Math.min(i + 3, 6));
    }
    expect((await Promise.all(calls)).map(({ body }) => body)).toEqual(['/0', '/1', '/2', '/3', '/4', '/5']);
    expect(order).toEqual(['/0', '/1', '/2', '/3', '/4', '/5']);
    expect(instance.peak).toBe(2);
  });

  it('prefers the instance with the fewest calls in flight', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const a = held();
    const b = held();
    await harness.addInstance(hello, { behaviour: a.behaviour });
    await harness.addInstance(hello, { behaviour: b.behaviour });
    const calls = [1, 2, 3, 4].map((i) => harness.call(`/hello/${i}`));
    await until(() => a.order.length + b.order.length === 4);
    expect([a.order.length, b.order.length]).toEqual([2, 2]);
    for (let i = 0; i < 2; i++) {
      a.next();
      b.next();
    }
    await Promise.all(calls);
  });

  it('refuses at once who could not be served in time as the queue moves', async () => {
    const hello = fakeFunction({ name: 'hello', versions: [{ number: 1, concurrency: 1 }] });
    harness = await ProxyHarness.start([hello], { QUEUE_TIMEOUT_SECONDS: 4 });
    await harness.addInstance(hello, { behaviour: (_q, res) => void setTimeout(() => res.end('ok'), 50) });
    const first = Array.from({ length: 30 }, () => harness.call('/hello'));
    await Promise.all(first.slice(0, 22));
    // At no less than 50 ms each, eighty are as many as have their turn within four seconds.
    const refused: unknown[] = [];
    for (let n = 0; n < 120; n++)
      harness.call('/hello').then(
        ({ status, body }) => status === 503 && refused.push(problemOf(body).details.reason),
        () => undefined,
      );
    for (const call of first.slice(22)) call.catch(() => undefined);
    await until(() => refused.length > 10);
    expect(new Set(refused)).toEqual(new Set(['queue_full']));
  });

  it('refuses at once when the queue is full, and after a while when no slot comes free', async () => {
    const hello = fakeFunction({ name: 'hello', versions: [{ number: 1, concurrency: 1 }] });
    harness = await ProxyHarness.start([hello], { QUEUE_LIMIT: 1, QUEUE_TIMEOUT_SECONDS: 1 });
    const { behaviour, order, next } = held();
    await harness.addInstance(hello, { behaviour });
    const served = harness.call('/hello/1');
    await until(() => order.length === 1);
    const waiting = harness.call('/hello/2');
    await until(async () => (await load())?.waiting === 1);
    const refused = await harness.call('/hello/3');
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(problemOf(refused.body).details.reason).toBe('queue_full');
    const late = await waiting;
    expect(late).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(problemOf(late.body).details.reason).toBe('no_free_slot');
    next();
    expect((await served).status).toBe(200);
  });

  it('wakes a sleeping version once for fifty requests, which are all served', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    harness.controller.onWake = async () => {
      await delay(50);
      await harness.addInstance(hello, { wait: false });
      return { outcome: 'ready' };
    };
    const replies = await Promise.all(Array.from({ length: 50 }, () => harness.call('/hello')));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(harness.controller.wakes).toEqual([`${hello.id}/1`]);
    const cold = (await harness.executions(50)).filter((execution) => execution.cold);
    expect(cold[0]).toMatchObject({ outcome: 'ok' });
    expect(Math.max(...cold.map(({ queueMs }) => queueMs ?? 0))).toBeGreaterThan(40);
  });

  it('does not take the time of a wake from the function’s own timeout', async () => {
    const hello = fakeFunction({ name: 'hello', versions: [{ number: 1, timeoutMs: 150 }] });
    harness = await ProxyHarness.start([hello]);
    harness.controller.onWake = async () => {
      await delay(300);
      await harness.addInstance(hello, {
        wait: false,
        behaviour: (_q, res) => void setTimeout(() => res.end('ok'), 50),
      });
      return { outcome: 'ready' };
    };
    expect((await harness.call('/hello')).body).toBe('ok');
  });

  it('tells everybody why a version cannot start', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    harness.controller.onWake = async () => {
      await delay(20);
      return { outcome: 'failed', reason: 'Cannot find module "left-pad"' };
    };
    const replies = await Promise.all([harness.call('/hello'), harness.call('/hello')]);
    for (const { status, body } of replies) {
      expect(status).toBe(502);
      expect(problemOf(body)).toMatchObject({
        code: 'function_failed',
        detail: expect.stringContaining('left-pad'),
      });
    }
    expect(harness.controller.wakes).toHaveLength(1);
  });

  it('tells everybody at once that there is no room on the host, and when to come again', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    harness.controller.onWake = async () => ({ outcome: 'no_room', reason: 'All memory is in use.' });
    const replies = await Promise.all([harness.call('/hello'), harness.call('/hello')]);
    for (const { status, body, headers } of replies) {
      expect([status, headers['retry-after']]).toEqual([503, '2']);
      expect(problemOf(body)).toMatchObject({
        code: 'unavailable',
        detail: expect.stringContaining('All memory is in use.'),
        details: { reason: 'no_room' },
      });
    }
  });

  it('gives up on a version that does not wake in time', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello], { COLD_START_TIMEOUT_SECONDS: 1 });
    const reply = await harness.call('/hello');
    expect(reply.status).toBe(504);
    expect(problemOf(reply.body).code).toBe('cold_start_timeout');
  });

  it('goes on trying to wake while the controller is away', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    harness.controller.onWake = async () => {
      if (harness.controller.wakes.length < 3)
        throw new PlatformError('unreachable', 'The controller is away.');
      await harness.addInstance(hello, { wait: false });
      return { outcome: 'ready' };
    };
    expect((await harness.call('/hello')).status).toBe(200);
    expect(harness.controller.wakes).toHaveLength(3);
  });

  it('drops a caller who leaves from the queue at once, and stops the wake when it was the last', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    let isWakeOver = false;
    harness.controller.onWake = (_key, signal) =>
      new Promise((_, reject) =>
        signal!.addEventListener('abort', () => {
          isWakeOver = true;
          reject(new Error('aborted'));
        }),
      );
    const req = httpRequest(`${harness.frontUrl}/hello`).on('error', () => undefined);
    req.end();
    await until(async () => (await load())?.waiting === 1);
    req.destroy();
    await until(() => isWakeOver);
    expect(await load()).toMatchObject({ waiting: 0, inFlight: 0 });
    expect((await harness.executions(1))[0]).toMatchObject({
      status: 499,
      outcome: 'client_closed',
      instance: null,
    });
  });

  it('sends who waits for a version to the new one when the alias moves', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const reply = harness.call('/hello');
    await until(async () => (await load())?.waiting === 1);
    const moved = fakeFunction({ name: 'hello', versions: [{ number: 2 }] });
    await harness.addInstance(moved, { version: 2, behaviour: (_req, res) => void res.end('two') });
    harness.metadata.put(moved);
    expect((await reply).body).toBe('two');
    expect(harness.controller.wakes).toEqual([`${hello.id}/1`]);
  });

  it('tells who waits that the function was stopped', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const reply = harness.call('/hello');
    await until(async () => (await load())?.waiting === 1);
    harness.metadata.put(fakeFunction({ name: 'hello', state: 'stopped' }));
    expect((await reply).status).toBe(503);
  });
});

async function load() {
  return (await harness.client.load()).items[0];
}
