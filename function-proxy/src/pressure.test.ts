import type { VersionLoad } from '@plat/platform-kit/clients/proxy-client.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Pressure, willBeServedWithin, type Pressing } from './pressure.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function pressing(over: Partial<Pressing> = {}) {
  const load = { functionId: 'f', version: 1, inFlight: 0, waiting: 3, lastRequestAt: null } as VersionLoad;
  const state: Pressing = { load, isAwake: true, answered: 0, ...over };
  const began = performance.now();
  const sentAt: number[] = [];
  const pressure = new Pressure(
    async () => void sentAt.push(performance.now() - began),
    () => state,
  );
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  return { state, pressure, sentAt, pass };
}

describe('Pressure', () => {
  test('reports those who wait soon and often at first, and then ever less often', async () => {
    const { pressure, sentAt, pass } = pressing();
    const press = async (ms: number) => {
      for (let i = 0; i < ms; i++) {
        pressure.note('f/1');
        await pass(1);
      }
    };
    await press(1000);
    const gaps = sentAt.map((atMs, i) => Math.round(atMs - (sentAt[i - 1] ?? 0)));
    expect(gaps.slice(0, 4).every((gap, i) => gap <= 5 * 2 ** i + 1)).toBe(true);
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(200);
    expect(sentAt.length).toBeLessThan(12);
    // After a rest it begins anew.
    await pass(1000);
    const before = sentAt.length;
    await press(7);
    expect(sentAt.length).toBe(before + 1);
    pressure.close();
  });

  test('waits for the first instance, unless that takes longer than from a pool', async () => {
    const { pressure, sentAt, pass } = pressing({ isAwake: false });
    pressure.note('f/1');
    await pass(55);
    expect(sentAt).toEqual([]);
    await pass(10);
    expect(sentAt).toHaveLength(1);
    pressure.close();
  });

  test('reports soon after the first instance is there when no call of those before has ended', async () => {
    const { state, pressure, sentAt, pass } = pressing({ isAwake: false });
    pressure.note('f/1');
    await pass(30);
    state.isAwake = true;
    pressure.woke('f/1');
    await pass(15);
    expect(sentAt).toEqual([]);
    await pass(10);
    expect(sentAt).toHaveLength(1);
    pressure.close();
  });

  test('reports nothing while calls end so quickly that the others have their turn soon, and then looks again', async () => {
    const { state, pressure, sentAt, pass } = pressing();
    pressure.note('f/1');
    for (let i = 0; i < 20; i++) {
      state.answered += 10;
      await pass(5);
    }
    expect(sentAt).toEqual([]);
    // Now none ends any more.
    await pass(50);
    expect(sentAt).toHaveLength(1);
    pressure.close();
  });

  test('says nothing of those who wait no longer', async () => {
    const { state, pressure, sentAt, pass } = pressing({ isAwake: false });
    pressure.note('f/1');
    state.load = { ...state.load, waiting: 0 };
    await pass(500);
    expect(sentAt).toEqual([]);
    pressure.close();
  });

  test('one version that is held back does not hold up another', async () => {
    const { state, pressure, sentAt, pass } = pressing({ isAwake: false });
    pressure.note('f/1');
    state.isAwake = true;
    for (let i = 0; i < 8; i++) {
      pressure.note(`g/${i}`);
      await pass(1);
    }
    expect(sentAt).toHaveLength(1);
    pressure.close();
  });
});

test.each([
  ['as many as wait ended in half the time', { waiting: 20, answered: 20, sinceMs: 50 }, true],
  ['few of many ended', { waiting: 100, answered: 5, sinceMs: 20 }, false],
  ['none ended', { waiting: 1, answered: 0, sinceMs: 20 }, false],
])('willBeServedWithin(): %s', (_what, seen, expected) => {
  expect(willBeServedWithin(100, seen)).toBe(expected);
});
