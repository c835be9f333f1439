import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ProxyHarness, until, type Reply } from './testing/proxy-harness.ts';
import { fakeFunction } from './testing/fake-records.ts';

let harness: ProxyHarness;
afterEach(() => harness.close());

/** A call that an instance `one` has, and answers with `late` when it is told to. */
async function startLateCall(): Promise<{ reply: Promise<Reply>; finish: () => void }> {
  const hello = fakeFunction({ name: 'hello' });
  harness = await ProxyHarness.start([hello]);
  let finish: () => void = () => undefined;
  const instance = await harness.addInstance(hello, {
    id: 'one',
    behaviour: (_req, res) => void (finish = () => res.end('late')),
  });
  const reply = harness.call('/hello');
  await until(() => instance.requests.length === 1);
  return { reply, finish: () => finish() };
}

describe('drainInstance()', () => {
  it('moves the load to another instance without one failed request', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const behaviour = (name: string) => (_req: unknown, res: { end: (text: string) => void }) =>
      void setTimeout(() => res.end(name), 5);
    await harness.addInstance(hello, { id: 'old', behaviour: behaviour('old') });
    let isOver = false;
    const statuses: number[] = [];
    const loads = Array.from({ length: 10 }, async () => {
      while (!isOver) statuses.push((await harness.call('/hello')).status);
    });
    await until(() => statuses.length > 50);
    await harness.addInstance(hello, { id: 'new', behaviour: behaviour('new') });
    const { inFlight } = await harness.client.drain('old', { seq: harness.metadata.seq, timeoutMs: 5000 });
    expect(inFlight).toBe(0);
    await harness.instances[0]!.close();
    const before = statuses.length;
    await until(() => statuses.length > before + 50);
    isOver = true;
    await Promise.all(loads);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await harness.call('/hello')).body).toBe('new');
  });

  it('keeps a drained instance out, whatever the engine lists, until it is gone', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const instance = await harness.addInstance(hello, { id: 'one' });
    await harness.client.drain('one', { seq: 0, timeoutMs: 0 });
    const lists = harness.source.calls.list;
    harness.source.put(instance.describe({ id: 'one', functionId: hello.id }));
    await until(() => harness.source.calls.list > lists);
    expect(await harness.client.readiness('one', { waitMs: 0 })).toEqual({ state: 'unknown' });
    expect((await harness.client.listReadiness()).items).toEqual([]);
  });

  it('first catches up with the feed, so that nobody wakes the version that is given up', async () => {
    const hello = fakeFunction({ name: 'hello', versions: [{ number: 1, concurrency: 1 }] });
    harness = await ProxyHarness.start([hello]);
    const instance = await harness.addInstance(hello, {
      id: 'old',
      behaviour: (_req, res) => void setTimeout(() => res.end('one'), 100),
    });
    const moved = fakeFunction({ name: 'hello', versions: [{ number: 2 }] });
    await harness.addInstance(moved, { version: 2, behaviour: (_req, res) => void res.end('two') });
    const calls = [harness.call('/hello'), harness.call('/hello')];
    await until(() => instance.requests.length === 1);
    harness.metadata.put(moved);
    await harness.client.drain('old', { seq: harness.metadata.seq, timeoutMs: 5000 });
    expect((await Promise.all(calls)).map(({ body }) => body).sort()).toEqual(['one', 'two']);
    expect(harness.controller.wakes).toEqual([]);
  });

  it('answers how many calls are left at the deadline', async () => {
    const { reply, finish } = await startLateCall();
    expect(await harness.client.drain('one', { seq: 0, timeoutMs: 50 })).toEqual({ inFlight: 1 });
    finish();
    expect((await reply).body).toBe('late');
  });

  it('gives calls the time that their function gives them, though that is longer', async () => {
    const { reply, finish } = await startLateCall();
    const drained = harness.client.drain('one', { seq: 0, timeoutMs: 10, callsTimeoutMs: 60_000 });
    expect(await Promise.race([drained, delay(100, 'waits')])).toBe('waits');
    finish();
    expect(await drained).toEqual({ inFlight: 0 });
    expect((await reply).body).toBe('late');
  });
});

describe('discovery and readiness', () => {
  it('answers a waiting question as soon as the instance is ready', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const asked = harness.client.readiness('one', { waitMs: 5000 });
    await delay(20);
    const instance = await harness.addInstance(hello, { id: 'one', wait: false });
    expect(await asked).toEqual({ state: 'ready' });
    expect(instance.probes).toBe(1);
  });

  it('keeps the reason of an instance that says it failed, and sends it nothing', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello], { COLD_START_TIMEOUT_SECONDS: 1 });
    const instance = await harness.addInstance(hello, { id: 'one', wait: false });
    instance.ready = { status: 503, body: { status: 'failed', reason: 'SyntaxError in index.js' } };
    harness.source.put({ ...harness.source.instances.get('one')! });
    await until(async () => (await harness.client.readiness('one', { waitMs: 1000 })).state === 'failed');
    expect(await harness.client.readiness('one', { waitMs: 0 })).toEqual({
      state: 'failed',
      reason: 'SyntaxError in index.js',
    });
    expect((await harness.call('/hello')).status).toBe(504);
    expect(instance.requests).toHaveLength(0);
  });

  it('forgets an instance that stops, and asks anew when it is back', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const instance = await harness.addInstance(hello, { id: 'one' });
    const found = harness.source.instances.get('one')!;
    harness.source.put({ ...found, status: 'exited' }, 'changed');
    await until(async () => (await harness.client.readiness('one', { waitMs: 0 })).state === 'unknown');
    const before = instance.probes;
    harness.source.put(found);
    await harness.ready('one');
    expect(instance.probes).toBe(before + 1);
    harness.source.remove('one');
    await until(async () => (await harness.client.listReadiness()).items.length === 0);
  });

  it('finds what happened while the event stream was broken', async () => {
    const hello = fakeFunction({ name: 'hello' });
    harness = await ProxyHarness.start([hello]);
    const instance = await harness.addInstance(hello, { id: 'one' });
    harness.source.put(instance.describe({ id: 'two', functionId: hello.id }), 'silent');
    harness.source.breakStream();
    await harness.ready('two');
  });
});
