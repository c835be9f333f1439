import { afterEach, expect, test, vi } from 'vitest';
import { createRefresher } from './refresher.ts';

afterEach(() => vi.useRealTimers());

test('what is asked for while it runs is run once more, and no more often than it may', async () => {
  vi.useFakeTimers();
  let runs = 0;
  let finish = () => {};
  const refresher = createRefresher(() => {
    runs++;
    return new Promise<void>((resolve) => (finish = resolve));
  }, 1000);
  refresher.ask();
  refresher.ask();
  await vi.advanceTimersByTimeAsync(100);
  expect(runs).toBe(1);
  refresher.ask();
  await vi.advanceTimersByTimeAsync(5000);
  expect(runs).toBe(1);
  finish();
  await vi.advanceTimersByTimeAsync(100);
  expect(runs).toBe(2);
  finish();
  await vi.advanceTimersByTimeAsync(1);
  refresher.ask();
  await vi.advanceTimersByTimeAsync(500);
  expect(runs).toBe(2);
  await vi.advanceTimersByTimeAsync(500);
  expect(runs).toBe(3);
});

test('a failure does not end it, stopping does', async () => {
  vi.useFakeTimers();
  let runs = 0;
  const refresher = createRefresher(() => {
    runs++;
    return Promise.reject(new Error('no'));
  }, 10);
  refresher.ask();
  await vi.advanceTimersByTimeAsync(100);
  refresher.ask();
  await vi.advanceTimersByTimeAsync(100);
  expect(runs).toBe(2);
  refresher.ask();
  refresher.stop();
  await vi.advanceTimersByTimeAsync(1000);
  expect(runs).toBe(2);
});
