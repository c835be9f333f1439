import type { VersionLoad } from '@plat/platform-kit/clients/proxy-client.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Pressure } from './pressure.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('reports those who wait soon and often at first, and then ever less often', async () => {
  const sentAt: number[] = [];
  const began = performance.now();
  const report = async () => void sentAt.push(performance.now() - began);
  const load = { functionId: 'f', version: 1, inFlight: 0, waiting: 3, lastRequestAt: null } as VersionLoad;
  const pressure = new Pressure(report, () => load);
  const press = async (ms: number) => {
    for (let i = 0; i < ms; i++) {
      pressure.note('f/1');
      await vi.advanceTimersByTimeAsync(1);
    }
  };
  await press(1000);
  const gaps = sentAt.map((atMs, i) => Math.round(atMs - (sentAt[i - 1] ?? 0)));
  expect(gaps.slice(0, 4).every((gap, i) => gap <= 5 * 2 ** i + 1)).toBe(true);
  expect(gaps.at(-1)).toBeGreaterThanOrEqual(200);
  expect(sentAt.length).toBeLessThan(12);
  // After a rest it begins anew.
  await vi.advanceTimersByTimeAsync(1000);
  const before = sentAt.length;
  await press(7);
  expect(sentAt.length).toBe(before + 1);
  pressure.close();
});
