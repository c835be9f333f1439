import { silentLogger } from '@plat/platform-kit/logging.ts';
import { expect, test } from 'vitest';
import type { HostInstance } from './instance-host.ts';
import { InstanceSampler } from './instance-sampler.ts';

function world(count: number) {
  const usage = new Map<string, { cpuMs: number; memoryBytes: number }>();
  const asked: string[] = [];
  const instances = Array.from({ length: count }, (_, i) => {
    usage.set(`i${i}`, { cpuMs: 100, memoryBytes: 10 + i });
    const labels = { functionId: 'f', project: 'p', function: 'hello', version: 1 };
    return { id: `i${i}`, status: 'running', labels } as HostInstance;
  });
  let nowMs = 1_000_000;
  const sampler = new InstanceSampler({
    host: {
      list: async () => instances,
      usage: async (id) => {
        asked.push(id);
        return usage.get(id)!;
      },
    },
    metadata: { recordSamples: async () => undefined },
    logger: silentLogger(),
    isLocal: false,
    now: () => nowMs,
  });
  return { sampler, usage, asked, instances, later: (ms: number) => (nowMs += ms) };
}

test('a version’s use is that of all its instances, from one look to the next', async () => {
  const { sampler, usage, instances, later } = world(2);
  expect(await sampler.look()).toMatchObject([{ instances: 2, cpuMs: null, memoryBytes: 11 }]);
  later(10_000);
  usage.set('i0', { cpuMs: 1100, memoryBytes: 50 });
  usage.set('i1', { cpuMs: 2100, memoryBytes: 20 });
  expect(await sampler.look()).toMatchObject([
    { functionId: 'f', version: 1, instances: 2, cpuMs: 3000, periodMs: 10_000, memoryBytes: 50 },
  ]);
  expect(sampler.capacity()).toMatchObject({ cpus: null, instances: 2, cpuPercent: 30, usedMemoryBytes: 70 });
  instances.length = 0;
  expect(await sampler.look()).toEqual([]);
  expect(sampler.capacity()).toMatchObject({ instances: 0, cpuPercent: 0, usedMemoryBytes: 0 });
});

test('instances that are paused take memory, and are in no sample; before the first look nothing is known', async () => {
  const { sampler, instances } = world(2);
  expect(sampler.capacity()).toMatchObject({ cpuPercent: null, usedMemoryBytes: null });
  for (const instance of instances) instance.status = 'paused';
  expect(await sampler.look()).toEqual([]);
  expect(sampler.capacity()).toMatchObject({ instances: 2, cpuPercent: null, usedMemoryBytes: 21 });
});

test('an instance that began anew has used nothing that is known', async () => {
  const { sampler, usage, later } = world(1);
  await sampler.look();
  later(10_000);
  usage.set('i0', { cpuMs: 5, memoryBytes: 1 });
  expect(await sampler.look()).toMatchObject([{ cpuMs: null, memoryBytes: 1 }]);
});

test('of many instances all have their turn, a few at a time', async () => {
  const { sampler, asked } = world(50);
  for (let round = 0; round < 3; round++) await sampler.look();
  expect(asked).toHaveLength(60);
  expect(new Set(asked).size).toBe(50);
});
