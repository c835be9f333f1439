import { describe, expect, test } from 'vitest';
import { Usefulness } from './usefulness.ts';

const MINUTE = 60_000;
const load = (functionId: string, lastRequestAt: string | null, inFlight = 0) => ({ functionId, version: 1, inFlight, waiting: 0, lastRequestAt }); // prettier-ignore

function setUp(uses: Record<string, number[]>) {
  const usefulness = new Usefulness();
  for (const [name, times] of Object.entries(uses)) for (const at of times) usefulness.used(`${name}/1`, at);
  const order = (nowMs: number, memoryMb: Record<string, number> = {}) =>
    Object.keys(uses).sort((a, b) => worth(a, nowMs, memoryMb) - worth(b, nowMs, memoryMb));
  const worth = (name: string, nowMs: number, memoryMb: Record<string, number>) =>
    usefulness.worth(`${name}/1`, memoryMb[name] ?? 128, nowMs);
  return { usefulness, order };
}
const every = (stepMs: number, fromMs: number, toMs: number) =>
  Array.from({ length: Math.floor((toMs - fromMs) / stepMs) }, (_, n) => fromMs + n * stepMs);

describe('usefulness', () => {
  test('what is seldom used goes before what is often used', () => {
    const { order } = setUp({ often: every(1000, 0, MINUTE), seldom: [59_000] });
    expect(order(MINUTE)).toEqual(['seldom', 'often']);
  });

  test('of two that are used alike the one goes that takes more memory, or is back sooner', () => {
    const { order, usefulness } = setUp({ large: [0, 1000], small: [0, 1000] });
    expect(order(2000, { large: 1024 })).toEqual(['large', 'small']);
    usefulness.starts('large/1', 0);
    usefulness.ready('large/1', 20_000);
    usefulness.starts('small/1', 0);
    usefulness.ready('small/1', 200);
    expect(order(2000, { large: 1024 })).toEqual(['small', 'large']);
  });

  test('what was popular an hour ago goes before what is used every other minute now', () => {
    const { order } = setUp({
      popular: every(1000, 0, 10 * MINUTE),
      steady: every(2 * MINUTE, 60 * MINUTE, 70 * MINUTE),
    });
    expect(order(10 * MINUTE)).toEqual(['steady', 'popular']);
    expect(order(70 * MINUTE)).toEqual(['popular', 'steady']);
  });

  test('what was popular a moment ago stays before what is new', () => {
    const { order } = setUp({ popular: every(1000, 0, 10 * MINUTE), fresh: [11 * MINUTE] });
    expect(order(11 * MINUTE)).toEqual(['fresh', 'popular']);
  });

  test('a report counts as a use only when there were calls since the last one', () => {
    const { usefulness } = setUp({});
    const at = new Date(0).toISOString();
    usefulness.report([load('f', at), load('g', at)], 0);
    for (const nowMs of [1000, 2000]) usefulness.report([load('f', at), load('g', at, 1)], nowMs);
    expect(usefulness.worth('f/1', 1, 2000)).toBeLessThan(usefulness.worth('g/1', 1, 2000) / 2);
  });

  test('of what was never used, and of a function that is gone, nothing is lost', () => {
    const { usefulness } = setUp({ gone: [0] });
    usefulness.forgetFunction('gone');
    expect([usefulness.worth('gone/1', 128, 0), usefulness.worth('never/1', 128, 0)]).toEqual([0, 0]);
  });
});
