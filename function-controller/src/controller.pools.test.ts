import { PlatformError } from '@plat/platform-kit/errors.ts';
import { describe, expect, test } from 'vitest';
import { until, useController } from './testing/controller-harness.ts';
import { alias, functionRecord, versionRecord } from './testing/test-records.ts';

const at = useController();
const WITH_POOLS = { POOL_LIMIT: '4' };

type Over = Parameters<typeof versionRecord>[0];

/** A function that was deployed long ago and sleeps. */
function asleep(id: string, over: Over = {}): void {
  const version = versionRecord({ functionId: id, function: id, ...over });
  const { project } = version;
  at.metadata.put(functionRecord({ id, name: id, project, versions: [version], aliases: [alias('live', [1, 100])] })); // prettier-ignore
}

/** A function after a first cold start, from which its pool is known and filled. */
async function warmed(over: Over = {}): Promise<void> {
  asleep('f1', over);
  await until('the record is known', async () => (await wake().catch(() => undefined))?.outcome === 'ready');
  await until('the pool is warm', async () => (await pools())[0]?.state === 'warm');
}

/** Its instance goes; it was used just now, so another one comes. */
async function again(): Promise<void> {
  await at.host.remove('c0');
  await until('another one runs', () => at.host.running(1).length === 1);
}

const budget = async () => (await at.client.usage()).budget;
const warm = async () => (await pools()).filter(({ state }) => state === 'warm');
const pools = async () => (await at.client.listPools()).items;
const wake = (id = 'f1') => at.client.wake(id, 1, { timeoutMs: 5000 });

describe('pools', () => {
  test('the first cold start comes from the image, the next one from the pool, which is filled again', async () => {
    await at.open(WITH_POOLS);
    await warmed({ config: { memoryMb: 256, env: { GREETING: 'hi' } } });
    expect(at.host.started).toEqual([1]);
    expect(at.host.pool.started).toMatchObject([{ project: 'shop', runtime: 'node', imageId: 'sha256:generic', memoryMb: 256 }]); // prettier-ignore
    await again();
    expect(at.host.started).toEqual([1]);
    const [instance] = at.host.running(1);
    expect(instance).toMatchObject({ id: 'p0', fromPool: true, labels: { functionId: 'f1', version: 1 } });
    await until('it has its code', () => at.host.pool.given.has('p0'));
    expect(at.host.pool.given.get('p0')).toMatchObject({
      env: { GREETING: 'hi', PLAT_FUNCTION: 'f1', PLAT_HANDLER: 'index.handler' },
      files: [{ path: 'index.mjs' }],
      // As the engine lists it from now on: the proxy does not wait for that.
      instance: { id: 'p0', labels: { functionId: 'f1', version: 1, instance: instance!.labels.instance, spec: instance!.labels.spec } }, // prettier-ignore
    });
    await until('it is filled again', async () => (await pools())[0]?.id === 'p1');
  });

  test.each([
    ['its name cannot be changed', (): void => void (at.host.pool.assignError = new Error('no'))],
    ['it does not take the code', (): void => void (at.host.pool.specializeError = new PlatformError('unreachable', 'no'))],
    ['it has a function already', (): void => at.host.pool.givenAt('10.0.1.1', { env: {}, files: [] })],
  ])('a call is served from the image when a container of the pool fails: %s', async (_what, breaks) => {
    await at.open(WITH_POOLS);
    await warmed();
    breaks();
    await again();
    expect((await wake()).outcome).toBe('ready');
    expect(at.host.started).toEqual([1, 1]);
    expect(at.host.running(1).map(({ fromPool }) => fromPool)).toEqual([undefined]);
    expect(at.host.pool.containers.has('p0')).toBe(false);
    expect(at.host.instances.has('p0')).toBe(false);
    // It may have got calls as soon as it had its code.
    expect(at.proxy.drained).toMatchObject([{ instanceId: 'p0' }]);
  }); // prettier-ignore

  test('instances that are wanted together never get the same container', async () => {
    await at.open(WITH_POOLS);
    await warmed();
    await at.host.remove('c0');
    await at.client.wake('f1', 1, { timeoutMs: 5000, waiting: 20 });
    const fromPool = () => at.host.running(1).filter((instance) => instance.fromPool);
    const given = () => [...at.host.pool.given.keys()].sort();
    await until('two are there', () => at.host.running(1).length > 1 && given().length > 0);
    await until(
      'each has its own code',
      () =>
        given().join() ===
        fromPool()
          .map(({ id }) => id)
          .sort()
          .join(),
    );
    expect(new Set(at.host.running(1).map(({ labels }) => labels.instance)).size).toBe(
      at.host.running(1).length,
    );
  });

  test('containers of pools hold room of the host, and are the first to go when an instance wants it', async () => {
    await at.open({ ...WITH_POOLS, INSTANCES_MEMORY_MB: '384' });
    await warmed();
    // Two cold starts so close to each other make a pool of two, for which there is room beside the instance.
    await again();
    await until('what is free is filled', async () => (await warm()).length === 2);
    expect(await budget()).toMatchObject({
      memoryMb: { limit: 384, used: 384 },
      pooled: { containers: 2, memoryMb: 256 },
      evictions: 0,
    });
    asleep('f2', { config: { memoryMb: 256 } });
    await until('it is awake', async () => (await wake('f2').catch(() => undefined))?.outcome === 'ready');
    expect(at.host.pool.removed).toHaveLength(2);
    expect(at.host.running().map(({ labels }) => labels.functionId).sort()).toEqual(['f1', 'f2']);
    // There is no room to fill them again.
    expect(at.host.pool.containers.size).toBe(0);
    expect((await budget())?.pooled.containers).toBe(0);
  }); // prettier-ignore

  test('what starts from a pool needs no room but that of its container', async () => {
    await at.open({ ...WITH_POOLS, INSTANCES_MEMORY_MB: '256' });
    await warmed();
    at.proxy.load = [{ functionId: 'f1', version: 1, inFlight: 20, waiting: 20, lastRequestAt: null }];
    at.proxy.busy.add('c0');
    await until('a second one runs', () => at.host.running(1).length === 2);
    expect(at.host.running(1).map(({ id }) => id)).toEqual(['c0', 'p0']);
    expect(at.host.pool.removed).toEqual([]);
  });

  test('a start that finds no warm container takes one that is just being filled', async () => {
    await at.open(WITH_POOLS);
    at.host.pool.startMs = 300;
    asleep('f1');
    await until(
      'the record is known',
      async () => (await wake().catch(() => undefined))?.outcome === 'ready',
    );
    await until('one is being filled', () => at.host.pool.started.length === 1);
    expect(at.host.pool.containers.size).toBe(0);
    await again();
    expect(at.host.running(1)).toMatchObject([{ id: 'p0', fromPool: true }]);
    expect(at.host.started).toEqual([1]);
  });

  test('another project, and other limits, have pools of their own', async () => {
    await at.open({ POOL_LIMIT: '3' });
    await warmed();
    asleep('f2', { config: { memoryMb: 512 } });
    asleep('f3', { project: 'other' });
    for (const id of ['f2', 'f3'])
      await until('it is awake', async () => (await wake(id).catch(() => undefined))?.outcome === 'ready');
    await until(
      'all are warm',
      async () => (await pools()).filter(({ state }) => state === 'warm').length === 3,
    );
    expect((await pools()).map(({ project, memoryMb }) => [project, memoryMb]).sort()).toEqual([
      ['other', 128],
      ['shop', 128],
      ['shop', 512],
    ]);
    for (const id of ['c0', 'c1', 'c2']) await at.host.remove(id);
    await until('all run again', () => at.host.running().length === 3);
    for (const { id, spec } of at.host.running())
      expect(at.host.pool.started[Number(id.slice(1))]).toMatchObject({
        project: spec.project,
        memoryMb: spec.memoryMb,
      });
  });

  test.each<[string, Over, object?]>([
    ['code that needs its image', {}, { code: null, reason: 'package.json says what to install' }],
    ['a runtime that starts with its code', { config: { runtime: 'go' } }],
    ['a function that is always kept', { config: { scale: { min: 1 } } }],
    ['a function that the edge asks itself', { config: { edge: 'direct' } }],
  ])('there is no pool for %s', async (_what, over, code = at.code) => {
    at.code = code as typeof at.code;
    await at.open(WITH_POOLS);
    asleep('f1', over);
    await until('it is awake', async () => (await wake().catch(() => undefined))?.outcome === 'ready');
    await again();
    expect(at.host.pool.started).toEqual([]);
  });

  test('an instance from the pool that ends is replaced, and not started again', async () => {
    await at.open(WITH_POOLS);
    await warmed();
    await again();
    const [instance] = at.host.running(1);
    instance!.status = 'exited';
    at.host.emit('f1', 'die');
    await until('another one runs', () => at.host.running(1).some(({ id }) => id !== instance!.id));
    expect(at.host.resumed).toEqual([]);
    await until('the old one is gone', () => !at.host.instances.has(instance!.id));
  });

  test('code that cannot be loaded fails the wake as any failed start does', async () => {
    await at.open(WITH_POOLS);
    await warmed();
    at.host.behaviour = () => ({ is: 'failed', reason: 'SyntaxError: (index.mjs:3)' });
    await at.host.remove('c0');
    expect(await wake()).toEqual({ outcome: 'failed', reason: 'SyntaxError: (index.mjs:3)' });
    expect(at.host.pool.given.size).toBe(1);
  });

  test('after a restart of the controller containers are used that wait for a function, and the others go', async () => {
    await at.open(WITH_POOLS);
    await warmed();
    await at.close();
    const spec = at.host.pool.started[0]!;
    at.host.pool.says = 'other';
    await at.host.pool.start(spec);
    at.host.pool.says = 'generic';
    await at.open(WITH_POOLS);
    await until('the given one is gone', () => at.host.pool.removed.includes('p1'));
    expect(at.host.pool.containers.has('p0')).toBe(true);
  });

  test('pools of a project without functions are removed', async () => {
    await at.open(WITH_POOLS);
    await warmed();
    at.metadata.delete('f1');
    await until('nothing is left', () => at.host.pool.containers.size === 0 && at.host.networks.size === 0);
  });

  test('without a limit there are no pools, and what was there goes', async () => {
    await at.open(WITH_POOLS);
    await warmed();
    await at.close();
    await at.open({ POOL_LIMIT: '0' });
    await until('nothing is left', () => at.host.pool.containers.size === 0);
    await again();
    expect(at.host.started).toEqual([1, 1]);
  });
});
