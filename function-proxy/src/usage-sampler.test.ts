import type { InstanceUsage } from '@plat/platform-kit/clients/controller-client.ts';
import type { RecordedExecution } from '@plat/platform-kit/clients/metadata-client.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UsageSampler } from './usage-sampler.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

type World = ReturnType<typeof world>;
function world(answer: (ids: readonly string[]) => Promise<{ items: InstanceUsage[] }>) {
  const recorded: RecordedExecution[] = [];
  const asked: (readonly string[])[] = [];
  const sampler = new UsageSampler({
    controller: {
      instanceUsages: (ids) => {
        asked.push(ids);
        return answer(ids);
      },
    },
    record: (execution) => recorded.push(execution),
  });
  return { recorded, asked, sampler };
}
const instance = (id = 'i1') => {
  const made = { id, busy: 0, busyMs: () => made.busy };
  return made;
};
/** A call of 10 ms that has just ended. */
function end({ sampler }: World, on: ReturnType<typeof instance>, over: Partial<RecordedExecution> = {}) {
  const busyMsBefore = on.busy;
  on.busy += 10;
  const execution = { usage: null, durationMs: 10, cpuMs: null, memoryBytes: null, phases: { connected: 1 }, ...over };
  return sampler.take(execution as RecordedExecution, { servedBy: on, busyMsBefore });
} // prettier-ignore

test('a call whose runtime told its use, or that reached no instance, is not held', () => {
  const it = world(async () => Promise.resolve({ items: [] }));
  expect(end(it, instance(), { usage: 'runtime' })).toBe(false);
  expect(end(it, instance(), { phases: { connected: null } as never })).toBe(false);
  const execution = { usage: null, phases: { connected: 1 } } as RecordedExecution;
  expect(it.sampler.take(execution, { servedBy: undefined, busyMsBefore: 0 })).toBe(false);
});

test('others are recorded after one look, with their part; calls in between share it', async () => {
  const usage = { id: 'i1', cpuMs: 1000, memoryBytes: 7.5 };
  const it = world(async () => Promise.resolve({ items: [{ ...usage }] }));
  const on = instance();
  expect(end(it, on)).toBe(true);
  await vi.advanceTimersByTimeAsync(300);
  expect(it.recorded).toMatchObject([{ cpuMs: null, memoryBytes: 8, usage: 'sampled' }]);
  usage.cpuMs += 5;
  end(it, on);
  await vi.advanceTimersByTimeAsync(700);
  expect(it.asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(300);
  expect(it.recorded[1]).toMatchObject({ cpuMs: 5, usage: 'sampled' });
  usage.cpuMs += 6;
  end(it, on);
  end(it, on);
  await vi.advanceTimersByTimeAsync(1100);
  expect(it.recorded.slice(2)).toMatchObject([
    { cpuMs: 3, usage: 'shared' },
    { cpuMs: 3, usage: 'shared' },
  ]);
});

test('a controller that does not answer costs the figures and not the records', async () => {
  const it = world(() => Promise.reject(new Error('away')));
  end(it, instance());
  await vi.advanceTimersByTimeAsync(300);
  expect(it.recorded).toMatchObject([{ cpuMs: null, usage: null }]);
});

test('few instances are asked about at once, few records are held, and close lets all go', async () => {
  const it = world(async () => Promise.resolve({ items: [] }));
  for (let i = 0; i < 30; i++) end(it, instance(`i${i}`));
  await vi.advanceTimersByTimeAsync(300);
  expect(it.asked.map((ids) => ids.length)).toEqual([20]);
  expect(it.recorded).toHaveLength(20);
  const on = instance();
  const taken = Array.from({ length: 2500 }, () => end(it, on)).filter(Boolean);
  expect(taken).toHaveLength(1990);
  it.sampler.close();
  expect(it.recorded).toHaveLength(2020);
  expect(end(it, on)).toBe(false);
});
