import { describe, expect, test } from 'vitest';
import { autoscale, type LoadSample, type Panic } from './autoscale.ts';

const S = 1000;
type Trace = readonly [untilS: number, demand: number][];

/** Replays a trace, a decision a second; instances appear as decided, one goes a second. `counts` by the second. */
function replay(trace: Trace, options: { concurrency?: number; max?: number; present?: number } = {}) {
  const { concurrency = 10, max = 100 } = options;
  const samples: LoadSample[] = [];
  const counts: number[] = [];
  let present = options.present ?? 0;
  let panic: Panic | undefined;
  for (let nowMs = 0; nowMs < trace.at(-1)![0] * S; nowMs += S) {
    const demand = trace.find(([untilS]) => nowMs < untilS * S)![1];
    if (samples.at(-1)?.demand !== demand) samples.push({ atMs: nowMs, demand });
    const decided = autoscale({ samples, concurrency, target: 0.7, max, present, panic, nowMs });
    panic = decided.panic;
    present = decided.count > present ? decided.count : Math.max(decided.count, present - 1);
    counts.push(decided.count);
  }
  return counts;
}

describe('autoscale()', () => {
  test('first calls that come together get as many instances as they fill, and no more', () => {
    expect(replay([[1, 50]])).toEqual([5]);
    expect(replay([[1, 51]])).toEqual([6]);
    expect(replay([[1, 1]])).toEqual([1]);
    expect(replay([[1, 50]], { concurrency: 1, max: 20 })).toEqual([20]);
  });

  test('first calls that are seen one after the other count as if they had come together', () => {
    const samples = [
      { atMs: 0, demand: 1 },
      { atMs: 6, demand: 50 },
    ];
    const decide = (nowMs: number) =>
      autoscale({ samples, concurrency: 20, target: 0.7, max: 10, present: 1, panic: undefined, nowMs })
        .count;
    expect(decide(6)).toBe(3);
    expect(autoscale({ samples: samples.slice(0, 1), concurrency: 20, target: 0.7, max: 10, present: 1, panic: undefined, nowMs: 6 }).count).toBe(1); // prettier-ignore
  });

  test('a steady load ends at the target, whatever it began with', () => {
    const counts = replay([[180, 35]]);
    expect(counts[0]).toBe(4);
    expect(Math.max(...counts)).toBe(5);
    expect(counts.at(-1)).toBe(5);
  });

  test('one instance is enough for a load below its target', () => {
    expect(new Set(replay([[180, 6]]))).toEqual(new Set([1]));
  });

  test('a burst in a quiet time is met within the short window', () => {
    const counts = replay([
      [100, 1],
      [110, 80],
    ]);
    expect(counts[99]).toBe(1);
    expect(counts[102]).toBeGreaterThanOrEqual(2);
    expect(counts[106]).toBe(8);
  });

  test('a blip of a single second does not start a crowd', () => {
    const counts = replay([
      [100, 1],
      [101, 30],
      [200, 1],
    ]);
    expect(Math.max(...counts)).toBe(1);
  });

  test('after a burst nothing goes for a minute, and then all that is not needed', () => {
    const counts = replay([
      [100, 1],
      [110, 80],
      [300, 1],
    ]);
    expect(Math.min(...counts.slice(110, 165))).toBe(8);
    expect(counts.at(-1)).toBe(1);
    for (let i = 111; i < counts.length; i++) expect(counts[i]!).toBeLessThanOrEqual(counts[i - 1]!);
  });

  test('a load that swings is not followed up and down', () => {
    const swings: Trace = Array.from({ length: 60 }, (_, i) => [(i + 1) * 10, i % 2 ? 5 : 45] as const).map(
      ([untilS, demand]) => [untilS, demand],
    );
    const settled = replay(swings).slice(120);
    expect(Math.max(...settled) - Math.min(...settled)).toBeLessThanOrEqual(1);
  });

  test('what runs already stays until as much is known as the long window holds', () => {
    const counts = replay([[120, 1]], { present: 6 });
    expect(new Set(counts.slice(0, 60))).toEqual(new Set([6]));
    expect(counts.at(-1)).toBe(1);
  });

  test('never goes above the limit, nor below one', () => {
    expect(Math.max(...replay([[120, 1000]], { max: 7 }))).toBe(7);
    expect(autoscale({ samples: [], concurrency: 1, target: 0.7, max: 5, present: 0, panic: undefined, nowMs: 0 })).toEqual({ count: 1, panic: undefined }); // prettier-ignore
  });
});
