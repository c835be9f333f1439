import { expect, test } from 'vitest';
import { allDone, backoffMs, deadline, pause, poll, sleep } from './waiting.ts';

test('sleep rejects and pause ends when the signal aborts, also when it was aborted before', async () => {
  for (const before of [true, false]) {
    const controller = new AbortController();
    if (before) controller.abort();
    else setTimeout(() => controller.abort(), 5);
    await expect(sleep(60_000, controller.signal)).rejects.toThrow();
    await pause(60_000, controller.signal);
  }
});

test('deadline() aborts with the first of time and signals', async () => {
  const controller = new AbortController();
  const signal = deadline(60_000, controller.signal, undefined);
  expect(signal.aborted).toBe(false);
  controller.abort();
  expect(signal.aborted).toBe(true);
  const byTime = deadline(5, new AbortController().signal);
  await pause(60_000, byTime);
  expect(byTime.aborted).toBe(true);
});

test('backoffMs() doubles up to its limit and never goes below half of the step', () => {
  for (let failures = 1; failures < 40; failures++) {
    const ceiling = Math.min(5000, 100 * 2 ** failures);
    for (let i = 0; i < 20; i++) {
      const ms = backoffMs(failures);
      expect(ms).toBeGreaterThanOrEqual(ceiling / 2);
      expect(ms).toBeLessThanOrEqual(ceiling);
    }
  }
});

test('poll() returns the first value, and undefined when the time is over', async () => {
  let calls = 0;
  const value = await poll(async () => (++calls === 3 ? 'here' : undefined), {
    intervalMs: 1,
    timeoutMs: 5000,
  });
  expect({ value, calls }).toEqual({ value: 'here', calls: 3 });
  expect(await poll(async () => undefined, { intervalMs: 1, timeoutMs: 20 })).toBeUndefined();
});

test('deadline() lets go of the signals it listens to once it is over', async () => {
  const source = new AbortController();
  let listeners = 0;
  const add = source.signal.addEventListener.bind(source.signal);
  const remove = source.signal.removeEventListener.bind(source.signal);
  source.signal.addEventListener = ((...args: Parameters<typeof add>) => (
    listeners++,
    add(...args)
  )) as typeof add;
  source.signal.removeEventListener = ((...args: Parameters<typeof remove>) => (
    listeners--,
    remove(...args)
  )) as typeof remove;
  await pause(60_000, deadline(5, source.signal));
  expect(listeners).toBe(0);
});

test('deadline() passes on the reason of the signal that aborted, and says TimeoutError otherwise', async () => {
  const reason = new Error('left');
  expect(deadline(60_000, AbortSignal.abort(reason)).reason).toBe(reason);
  const late = deadline(1);
  await pause(60_000, late);
  expect((late.reason as Error).name).toBe('TimeoutError');
});

test('allDone() waits for the others before it throws what one of them threw', async () => {
  let isDone = false;
  const late = sleep(5).then(() => void (isDone = true));
  await expect(allDone([Promise.reject(new Error('no')), late])).rejects.toThrow('no');
  expect(isDone).toBe(true);
  await allDone([]);
});
