import { describe, expect, test } from 'vitest';
import { until, useController } from './testing/controller-harness.ts';
import { alias, functionRecord, versionRecord } from './testing/test-records.ts';

const at = useController();
type Over = NonNullable<Parameters<typeof versionRecord>[0]>;

/** Room for as many instances of the usual 128 MB. */
const roomFor = (count: number) => ({
  INSTANCES_MEMORY_MB: String(count * 128),
  START_QUEUE_TIMEOUT_SECONDS: '1',
});
const deployed = (id: string, over: Over = {}) => at.deployed(1, { functionId: id, function: id, ...over });
const wake = (id: string, timeoutMs = 8000) => at.client.wake(id, 1, { timeoutMs });
const instancesOf = (id: string) => at.host.running().filter(({ labels }) => labels.functionId === id);
const instancesIn = (project: string) =>
  at.host.running().filter(({ labels }) => labels.project === project).length;

/** As if each of these had so many calls now, and nothing else had any. */
function calls(load: Record<string, number>): void {
  at.proxy.load = Object.entries(load).map(([functionId, inFlight]) => ({ functionId, version: 1, inFlight, waiting: 0, lastRequestAt: null })); // prettier-ignore
  at.proxy.busy.clear();
  for (const { id, labels } of at.host.running())
    if ((load[labels.functionId] ?? 0) > 0) at.proxy.busy.add(id);
}

describe('the host budget', () => {
  test('a start that finds no room waits until the least useful idle instance has gone', async () => {
    await at.open({ ...roomFor(2), START_QUEUE_TIMEOUT_SECONDS: '5' });
    await deployed('f1');
    await deployed('f2');
    calls({ f1: 1 });
    await deployed('f3', { project: 'other' });
    expect([instancesOf('f1').length, instancesOf('f2').length, instancesOf('f3').length]).toEqual([1, 0, 1]);
    expect(at.proxy.drained).toHaveLength(1);
    const { items } = await at.client.listEvictions('f2');
    expect(items).toMatchObject([
      {
        from: { functionId: 'f2', project: 'shop', version: 1 },
        taker: { functionId: 'f3', project: 'other' },
        backAt: null,
      },
    ]);
    expect((await at.client.listEvictions('f3')).items).toEqual(items);
    expect(await at.client.evictionsSince(0)).toEqual({ count: 1, items });
    // Whoever begins now is told what comes; who was told of more, by a controller before this one, is told all.
    for (const [since, told] of [
      [undefined, []],
      [1, []],
      [7, items],
    ] as const)
      expect(await at.client.evictionsSince(since)).toEqual({ count: 1, items: told });
    expect((await at.client.listEvictions('f1')).items).toEqual([]);
    expect(at.host.peak.memoryMb).toBe(256);
    // It stays away until it is called.
    await until('f1 is not busy any more', async () => (calls({}), true));
    expect(at.host.started).toHaveLength(3);
    expect(await wake('f2')).toEqual({ outcome: 'ready' });
    const back = (await at.client.listEvictions('f2')).items;
    expect(back).toMatchObject([
      { backAt: expect.any(String) },
      { taker: { functionId: 'f2' }, backAt: null },
    ]);
    expect(at.host.peak.memoryMb).toBe(256);
  });

  test('who waits for too long is told so, who comes then at once; and starts when there is room again', async () => {
    await at.open(roomFor(1));
    await deployed('f1');
    await deployed('f2', { project: 'other' });
    calls({ f2: 1 });
    expect(await wake('f1')).toMatchObject({
      outcome: 'no_room',
      reason: 'All memory for instances is in use.',
    });
    expect(await wake('f1', 300)).toMatchObject({ outcome: 'no_room' });
    calls({});
    await until('f1 has its turn', () => instancesOf('f1').length === 1);
    expect(await wake('f1')).toEqual({ outcome: 'ready' });
    expect(at.host.peak.memoryMb).toBe(128);
  });

  test('who waits for an instance that ends its calls is not refused meanwhile, and has its turn', async () => {
    await at.open(roomFor(1));
    at.metadata.put(functionRecord({ id: 'f2', name: 'f2', versions: [versionRecord({ functionId: 'f2', function: 'f2' })], aliases: [alias('live', [1, 100])] })); // prettier-ignore
    await deployed('f1');
    at.proxy.holdDrains = true;
    const woken = wake('f2');
    await until('f1 is on its way', () => at.proxy.drained.length === 1);
    // Longer than START_QUEUE_TIMEOUT_SECONDS.
    await new Promise((resolve) => setTimeout(resolve, 1700));
    at.proxy.holdDrains = false;
    expect(await woken).toEqual({ outcome: 'ready' });
    expect(at.host.peak.memoryMb).toBe(128);
  });

  test('a project that floods the host with starts does not keep another from its share', async () => {
    await at.open(roomFor(4));
    await deployed('f1', { project: 'noisy', config: { concurrency: 1, scale: { min: 0, max: 10 } } });
    calls({ f1: 50 });
    await until('it has everything', () => instancesIn('noisy') === 4);
    calls({ f1: 50 });
    await deployed('f2', { project: 'quiet' });
    expect(instancesIn('quiet')).toBe(1);
    calls({ f1: 50, f2: 1 });
    await until('the rest is the noisy one’s', () => instancesIn('noisy') === 3);
    // Those that went had calls: they could end them.
    expect(at.proxy.drained.map(({ timeoutMs }) => timeoutMs)).toEqual([7000]);
    expect(at.host.peak.memoryMb).toBe(512);
  });

  test('a version that finds no room fails to deploy, and says why; the one that serves goes on', async () => {
    await at.open({ ...roomFor(1), READY_TIMEOUT_SECONDS: '2' });
    await deployed('f1');
    calls({ f1: 1 });
    at.metadata.deploy(2, { functionId: 'f1', function: 'f1' });
    await until('it has failed', () => at.metadata.version(2, 'f1').state === 'failed');
    expect(at.metadata.version(2, 'f1').error).toMatchObject({ code: 'unavailable' });
    expect(at.metadata.version(2, 'f1').error!.message).toContain('no room for it on the host');
    expect(instancesOf('f1')).toHaveLength(1);
  });

  test('an instance at rest goes on only when there is CPU for it, and takes that of an idle one', async () => {
    at.host.hostHas.cpus = 1;
    await at.open({ INSTANCES_CPU_OVERCOMMIT: '1' });
    await deployed('f1', { config: { scale: { pauseAfterMs: 1000 } } });
    const [rests] = at.host.running();
    await until('it is paused', () => rests!.status === 'paused');
    await deployed('f2');
    expect(await at.client.wake('f1', 1, { timeoutMs: 8000, paused: [rests!.id] })).toEqual({
      outcome: 'ready',
    });
    expect([rests!.status, instancesOf('f2').length, at.host.peak.cpus]).toEqual(['running', 0, 1]);
  });

  test('after a restart with a smaller budget idle instances go, those with calls stay; more of them come with more room', async () => {
    await at.open();
    for (const id of ['f1', 'f2', 'f3']) await deployed(id, { config: { scale: { min: 1 } } });
    calls({ f2: 1 });
    await at.close();
    await at.open(roomFor(2));
    await until('one has gone', () => at.host.running().length === 2);
    expect(instancesOf('f2')).toHaveLength(1);
    expect(await at.client.usage()).toMatchObject({
      budget: { memoryMb: { limit: 256, used: 256 }, waiting: 1, evictions: 1 },
    });
    await at.close();
    await at.open(roomFor(3));
    await until('all are there', () => at.host.running().length === 3);
  });
});
