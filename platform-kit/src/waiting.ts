import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** Waits `ms`; rejects at once when `signal` aborts. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal ? { signal } : {});
}

/** Like `sleep`, but an abort just ends the wait: for loops that look at `signal.aborted` themselves. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

/**
 * A signal that aborts after `ms` or with any of `signals`, whichever is first. Not `AbortSignal.any` with
 * `AbortSignal.timeout`: Node 20 may collect the timeout as garbage, and the signal then never aborts.
 */
export function deadline(ms: number, ...signals: (AbortSignal | undefined)[]): AbortSignal {
  const controller = new AbortController();
  const sources = signals.filter((signal) => signal !== undefined);
  const listeners = sources.map((source) => () => end(source.reason));
  const timer = setTimeout(() => end(new DOMException('The time is over.', 'TimeoutError')), ms);
  timer.unref();
  function end(reason: unknown): void {
    clearTimeout(timer);
    sources.forEach((source, i) => source.removeEventListener('abort', listeners[i]!));
    controller.abort(reason);
  }
  // A signal of a whole service has many deadlines on it; Node warns from eleven on. (Without targets it would be for all of Node.)
  if (sources.length > 0) setMaxListeners(0, ...sources);
  sources.forEach((source, i) => source.addEventListener('abort', listeners[i]!, { once: true }));
  const aborted = sources.find((source) => source.aborted);
  if (aborted) end(aborted.reason);
  return controller.signal;
}

/** Exponential back-off with jitter of up to a half: a delay in ms for the n-th failure in a row (n from 1). */
export function backoffMs(failures: number, limits = { baseMs: 100, maxMs: 5000 }): number {
  const ceiling = Math.min(limits.maxMs, limits.baseMs * 2 ** Math.min(failures, 16));
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}

/**
 * Runs `attempt` again and again until it returns something other than undefined; waits `intervalMs` in between.
 * Returns undefined when the deadline passes or the signal aborts.
 */
export async function poll<T>(
  attempt: (signal: AbortSignal) => Promise<T | undefined>,
  options: { intervalMs: number; timeoutMs: number; signal?: AbortSignal },
): Promise<T | undefined> {
  const signal = deadline(options.timeoutMs, options.signal);
  while (!signal.aborted) {
    const value = await attempt(signal);
    if (value !== undefined) return value;
    await pause(options.intervalMs, signal);
  }
  return undefined;
}

/** Waits for all, then throws what one of them threw. */
export async function allDone(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
