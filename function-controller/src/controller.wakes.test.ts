import { describe, expect, test } from 'vitest';
import { aWhile, failure, until, useController } from './testing/controller-harness.ts';
import { alias, functionRecord, versionRecord } from './testing/test-records.ts';

const at = useController();

describe('wake and sleep', () => {
  const QUICK = { config: { scale: { min: 0, idleMs: 1000 } } };

  test('an idle function falls asleep, and fifty callers wake it with one start', async () => {
    await at.open();
    await at.deployed(1, QUICK);
    await until('it sleeps', () => at.host.instances.size === 0);
    expect(at.proxy.drained).toHaveLength(1);
    const wakes = await Promise.all(
      Array.from({ length: 50 }, () => at.client.wake('f1', 1, { timeoutMs: 5000 })),
    );
    expect(new Set(wakes.map((wake) => wake.outcome))).toEqual(new Set(['ready']));
    expect(at.host.started).toEqual([1, 1]);
  });

  test('a function that is called right now does not fall asleep, whatever the last report said', async () => {
    await at.open();
    await at.deployed(1, QUICK);
    at.proxy.load = [{ functionId: 'f1', version: 1, inFlight: 1, waiting: 0, lastRequestAt: null }];
    await aWhile();
    expect(at.host.running(1)).toHaveLength(1);
    at.proxy.load = [];
    await until('it sleeps', () => at.host.instances.size === 0);
  });

  test('nothing falls asleep while the proxy is away', async () => {
    await at.open();
    await at.deployed(1, QUICK);
    at.proxy.isAway = true;
    await aWhile();
    expect(at.host.running(1)).toHaveLength(1);
  });

  test('an idle instance is paused, and fifty callers let it go on without a start', async () => {
    await at.open();
    await at.deployed(1, { config: { scale: { pauseAfterMs: 1000 } } });
    const [instance] = at.host.running(1);
    await until('it is paused', () => instance!.status === 'paused');
    expect(at.proxy.parked).toEqual(new Set([instance!.id]));
    const wakes = await Promise.all(
      Array.from({ length: 50 }, () =>
        at.client.wake('f1', 1, { timeoutMs: 5000, waiting: 8, paused: [instance!.id] }),
      ),
    );
    expect(wakes).toEqual(Array(50).fill({ outcome: 'ready', resumed: [instance!.id] }));
    expect(at.host.started).toEqual([1]);
    await until('it rests again', () => instance!.status === 'paused');
  });

  test('a wake lets only instances of the version go on, and starts one when none does', async () => {
    await at.open();
    await at.deployed(1, { config: { scale: { pauseAfterMs: 1000 } } });
    await at.deployed(1, { functionId: 'f2', function: 'other', config: { scale: { pauseAfterMs: 1000 } } });
    await until('both are paused', () => at.host.running().length === 0);
    const [mine, other] = [...at.host.instances.values()];
    const wake = await at.client.wake('f1', 1, { timeoutMs: 5000, paused: [other!.id, 'nobody'] });
    expect(wake).toEqual({ outcome: 'ready' });
    expect([mine!.status, other!.status]).toEqual(['running', 'paused']);
  });

  test('an instance at rest is stopped and removed in time, and is started again on the way up', async () => {
    await at.open();
    await at.deployed(1, { config: { scale: { pauseAfterMs: 1000, stopAfterMs: 1500, idleMs: 3000 } } });
    const [instance] = at.host.running(1);
    await until('it is stopped', () => instance!.status === 'exited');
    expect(await at.client.wake('f1', 1, { timeoutMs: 5000 })).toEqual({ outcome: 'ready' });
    expect(at.host.started).toEqual([1]);
    await until('it is gone', () => at.host.instances.size === 0);
  });

  test('an instance that has a call is not put to rest, nor one that cannot be paused taken out', async () => {
    await at.open();
    await at.deployed(1, { config: { scale: { pauseAfterMs: 1000 } } });
    const [instance] = at.host.running(1);
    at.proxy.busy.add(instance!.id);
    await aWhile();
    expect(instance!.status).toBe('running');
    at.host.pauseError = new Error('cgroup is busy');
    at.proxy.busy.clear();
    await aWhile();
    expect(at.proxy.parked.size).toBe(0);
    at.host.pauseError = undefined;
    await until('it is paused', () => instance!.status === 'paused');
  });

  test('a burst of first calls starts as many instances as it fills, all at once', async () => {
    await at.open();
    await at.deployed(1, { config: { concurrency: 10, scale: { idleMs: 1000 } } });
    await until('it sleeps', () => at.host.instances.size === 0);
    at.host.startMs = 300;
    const wake = at.client.wake('f1', 1, { timeoutMs: 5000, waiting: 1 });
    await at.client.reportLoad([
      { functionId: 'f1', version: 1, inFlight: 0, waiting: 50, lastRequestAt: null },
    ]);
    at.proxy.load = [{ functionId: 'f1', version: 1, inFlight: 0, waiting: 50, lastRequestAt: null }];
    expect(await wake).toEqual({ outcome: 'ready' });
    await until('five run', () => at.host.running(1).length === 5);
    await aWhile();
    expect(at.host.started).toHaveLength(6);
    expect(at.host.startsAtOnce).toBe(5);
  });

  test('a function with scale.min never sleeps', async () => {
    await at.open();
    await at.deployed(1, { config: { scale: { min: 2, idleMs: 1000 } } });
    await aWhile();
    expect(at.host.running(1)).toHaveLength(2);
  });

  test('a wake fails with the reason when the instance cannot load, at once for the next caller too', async () => {
    await at.open();
    await at.deployed(1, QUICK);
    await until('it sleeps', () => at.host.instances.size === 0);
    at.host.behaviour = () => ({ is: 'failed', reason: 'Cannot find module "x"' });
    const outcome = { outcome: 'failed', reason: 'Cannot find module "x"' };
    expect(await at.client.wake('f1', 1, { timeoutMs: 5000 })).toEqual(outcome);
    at.host.behaviour = () => ({ is: 'ready' });
    await until(
      'it recovers',
      async () => (await at.client.wake('f1', 1, { timeoutMs: 5000 })).outcome === 'ready',
    );
  });

  test('a wake fails with the crash, and times out when nothing can be said', async () => {
    await at.open();
    await at.deployed(1, QUICK);
    await until('it sleeps', () => at.host.instances.size === 0);
    at.host.behaviour = () => ({ is: 'silent' });
    expect(await at.client.wake('f1', 1, { timeoutMs: 100 })).toEqual({ outcome: 'timeout' });
    await until('it sleeps', () => at.host.instances.size === 0);
    at.host.behaviour = () => ({ is: 'crashing', exitCode: 1 });
    expect(await at.client.wake('f1', 1, { timeoutMs: 5000 })).toEqual({
      outcome: 'failed',
      reason: 'The instance exited with code 1.',
    });
  });

  test('an instance that hangs while it starts is replaced', async () => {
    await at.open({ READY_TIMEOUT_SECONDS: '1' });
    await at.deployed(1);
    at.host.instances.clear();
    at.host.behaviour = () => ({ is: 'silent' });
    const wake = at.client.wake('f1', 1, { timeoutMs: 8000 });
    expect(await wake).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('does not become ready'),
    });
    await until('another one is started', () => at.host.started.length === 3 && at.host.instances.size === 1);
  });

  test('a version without an alias is woken when it is called by number, and sleeps again', async () => {
    await at.open();
    await at.deployed(1, QUICK);
    await at.deployed(2);
    await until('version 1 is gone', () => at.host.running(1).length === 0);
    expect(await at.client.wake('f1', 1, { timeoutMs: 5000 })).toEqual({ outcome: 'ready' });
    expect(
      at.host
        .running()
        .map((one) => one.labels.version)
        .sort(),
    ).toEqual([1, 2]);
    await until('version 1 sleeps', () => at.host.running(1).length === 0);
    expect(at.host.running(2)).toHaveLength(1);
  });

  test('a version that an alias gives no weight is woken all the same', async () => {
    await at.open();
    const one = versionRecord();
    at.metadata.versions.set('f1/1', one);
    at.metadata.put(functionRecord({ versions: [one], aliases: [alias('canary', [1, 0])] }));
    await until('it is known', async () => (await failure(at.client.wake('f1', 9, { timeoutMs: 1 }))).message === 'There is no such version.'); // prettier-ignore
    expect(await at.client.wake('f1', 1, { timeoutMs: 5000 })).toEqual({ outcome: 'ready' });
  });

  test('a wake of what does not exist, or is not ready, is refused', async () => {
    await at.open();
    await at.deployed(1);
    expect(await failure(at.client.wake('nope', 1, { timeoutMs: 100 }))).toMatchObject({ code: 'not_found' });
    expect(await failure(at.client.wake('f1', 9, { timeoutMs: 100 }))).toMatchObject({ code: 'not_found' });
    at.metadata.versions.set('f1/3', versionRecord({ number: 3, state: 'failed' }));
    expect(await failure(at.client.wake('f1', 3, { timeoutMs: 100 }))).toMatchObject({ code: 'conflict' });
  });

  test('close answers those who wait for a wake', async () => {
    await at.open();
    await at.deployed(1, QUICK);
    await until('it sleeps', () => at.host.instances.size === 0);
    at.host.behaviour = () => ({ is: 'silent' });
    const wake = failure(at.client.wake('f1', 1, { timeoutMs: 60_000 }));
    await until('it starts', () => at.host.running(1).length === 1);
    const startedAt = performance.now();
    await at.close();
    expect(await wake).toMatchObject({ code: 'unavailable' });
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});
