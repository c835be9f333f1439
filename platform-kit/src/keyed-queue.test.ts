import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeyedQueue } from './keyed-queue.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Run = { key: string; end: (next?: number) => void; fail: (error: Error) => void; signal: AbortSignal };

/** A queue whose runs end when the test says so. */
function open(concurrency = 8) {
  const runs: Run[] = [];
  const errors: { key: string; retryInMs: number }[] = [];
  const running = new Map<string, number>();
  let overlap = false;
  let most = 0;
  const queue = new KeyedQueue({
    concurrency,
    retry: { baseMs: 100, maxMs: 1600 },
    onError: (key, _error, retryInMs) => errors.push({ key, retryInMs }),
    run: async (key, signal) => {
      running.set(key, (running.get(key) ?? 0) + 1);
      if (running.get(key)! > 1) overlap = true;
      most = Math.max(
        most,
        [...running.values()].reduce((a, b) => a + b, 0),
      );
      try {
        return await new Promise<number | void>((resolve, reject) =>
          runs.push({ key, signal, end: (next) => resolve(next), fail: reject }),
        );
      } finally {
        running.set(key, running.get(key)! - 1);
      }
    },
  });
  return { queue, runs, errors, overlapped: () => overlap, most: () => most };
}
/** Lets promises settle without moving the clock. */
const settle = () => vi.advanceTimersByTimeAsync(0);

test('one key is never run twice at the same time, and what comes meanwhile is one more run', async () => {
  const { queue, runs, overlapped } = open();
  for (let i = 0; i < 10; i++) queue.add('a');
  await settle();
  expect(runs).toHaveLength(1);
  for (let i = 0; i < 10; i++) queue.add('a');
  await settle();
  expect(runs).toHaveLength(1);
  runs[0]!.end();
  await settle();
  expect(runs).toHaveLength(2);
  runs[1]!.end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(runs).toHaveLength(2);
  expect(overlapped()).toBe(false);
});

test('a run that adds its own key before it first waits does not start it a second time beside itself', async () => {
  let now = 0;
  let most = 0;
  let runs = 0;
  const queue: KeyedQueue = new KeyedQueue({
    concurrency: 4,
    onError: () => undefined,
    run: async (key) => {
      most = Math.max(most, ++now);
      if (++runs < 3) queue.add(key);
      await Promise.resolve();
      now--;
    },
  });
  queue.add('a');
  await settle();
  expect({ runs, most }).toEqual({ runs: 3, most: 1 });
});

test('different keys run side by side up to the concurrency, and the others get their turn', async () => {
  const { queue, runs, most } = open(2);
  for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
  await settle();
  expect(runs.map((run) => run.key)).toEqual(['a', 'b']);
  runs[0]!.end();
  await settle();
  expect(runs.map((run) => run.key)).toEqual(['a', 'b', 'c']);
  runs[1]!.end();
  runs[2]!.end();
  await settle();
  expect(runs.map((run) => run.key)).toEqual(['a', 'b', 'c', 'd']);
  expect(most()).toBe(2);
});

test('a run that fails is run again after a back-off that grows until one succeeds', async () => {
  const { queue, runs, errors } = open();
  queue.add('a');
  for (let i = 0; i < 6; i++) {
    await settle();
    expect(runs).toHaveLength(i + 1);
    runs[i]!.fail(new Error('away'));
    await settle();
    const { retryInMs } = errors[i]!;
    const ceiling = Math.min(1600, 100 * 2 ** (i + 1));
    expect(retryInMs).toBeGreaterThanOrEqual(ceiling / 2);
    expect(retryInMs).toBeLessThanOrEqual(ceiling);
    await vi.advanceTimersByTimeAsync(Math.floor(retryInMs) - 1);
    expect(runs).toHaveLength(i + 1);
    await vi.advanceTimersByTimeAsync(2);
  }
  runs[6]!.end();
  await settle();
  queue.add('a');
  await settle();
  runs[7]!.fail(new Error('again'));
  await settle();
  expect(errors[6]!.retryInMs).toBeLessThanOrEqual(200);
});

test('a number asks for another run after that many ms; an add in between comes first and replaces it', async () => {
  const { queue, runs } = open();
  queue.add('a');
  await settle();
  runs[0]!.end(1000);
  await vi.advanceTimersByTimeAsync(999);
  expect(runs).toHaveLength(1);
  queue.add('a');
  await settle();
  expect(runs).toHaveLength(2);
  runs[1]!.end();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs).toHaveLength(2);
});

test('of two times for a later run the sooner counts, whichever was asked for first', async () => {
  const { queue, runs } = open();
  queue.addAfter('a', 5000);
  queue.addAfter('a', 1000);
  queue.addAfter('b', 1000);
  queue.addAfter('b', 5000);
  await vi.advanceTimersByTimeAsync(1001);
  expect(runs.map((run) => run.key).sort()).toEqual(['a', 'b']);
  for (const run of runs) run.end();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs).toHaveLength(2);
});

test('close aborts what runs, waits for it, and nothing runs afterwards', async () => {
  const { queue, runs } = open(1);
  queue.add('a');
  queue.add('b');
  queue.addAfter('c', 10);
  await settle();
  const closed = queue.close();
  let isClosed = false;
  void closed.then(() => (isClosed = true));
  expect(runs[0]!.signal.aborted).toBe(true);
  await settle();
  expect(isClosed).toBe(false);
  queue.add('a');
  runs[0]!.fail(new Error('aborted'));
  await closed;
  queue.add('d');
  queue.addAfter('e', 1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(runs).toHaveLength(1);
});

test('close does not wait longer than its grace', async () => {
  const { queue } = open();
  queue.add('stuck');
  await settle();
  const closed = queue.close(500);
  await vi.advanceTimersByTimeAsync(501);
  await closed;
});
