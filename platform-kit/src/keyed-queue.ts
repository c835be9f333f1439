import { backoffMs, pause } from './waiting.ts';

export type KeyedQueueOptions = {
  /** Does the work of one key. Returning a number asks for another run after that many ms. */
  run: (key: string, signal: AbortSignal) => Promise<number | void>;
  onError: (key: string, error: unknown, retryInMs: number) => void;
  /** How many keys are worked on side by side. */
  concurrency: number;
  retry?: { baseMs: number; maxMs: number };
};

/**
 * INVARIANTS
 * 1. One key is never run twice at the same time.
 * 2. A key added while it runs is run once more afterwards, however often it was added (coalescing).
 * 3. A key whose run fails is run again after a back-off that grows with each failure in a row.
 * 4. After `close` resolves nothing runs and nothing will.
 */
export class KeyedQueue {
  readonly #options: KeyedQueueOptions;
  readonly #waiting = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #timers = new Map<string, { dueAtMs: number; timer: NodeJS.Timeout }>();
  readonly #stop = new AbortController();

  constructor(options: KeyedQueueOptions) {
    this.#options = options;
  }

  add(key: string): void {
    if (this.#stop.signal.aborted) return;
    this.#clearTimer(key);
    if (this.#running.has(key)) this.#again.add(key);
    else this.#waiting.add(key);
    this.#fill();
  }

  /** Adds `key` after `ms`, unless it is added or scheduled sooner by somebody else. */
  addAfter(key: string, ms: number): void {
    if (this.#stop.signal.aborted) return;
    const dueAtMs = performance.now() + ms;
    const before = this.#timers.get(key);
    if (before && before.dueAtMs <= dueAtMs) return;
    clearTimeout(before?.timer);
    this.#timers.set(key, { dueAtMs, timer: setTimeout(() => this.add(key), ms) });
  }

  /** Aborts what runs, waits for it (at most `graceMs`), drops the rest. */
  async close(graceMs = 10_000): Promise<void> {
    this.#stop.abort();
    for (const key of [...this.#timers.keys()]) this.#clearTimer(key);
    this.#waiting.clear();
    this.#again.clear();
    const waited = new AbortController();
    await Promise.race([Promise.allSettled(this.#running.values()), pause(graceMs, waited.signal)]);
    waited.abort();
  }

  #clearTimer(key: string): void {
    clearTimeout(this.#timers.get(key)?.timer);
    this.#timers.delete(key);
  }

  #fill(): void {
    for (const key of this.#waiting) {
      if (this.#running.size >= this.#options.concurrency) return;
      this.#waiting.delete(key);
      this.#running.set(key, this.#work(key));
    }
  }

  async #work(key: string): Promise<void> {
    let next: number | void = undefined;
    // `run` starts only after this key is in `#running`: what it adds at once must not start it a second time.
    await Promise.resolve();
    try {
      next = await this.#options.run(key, this.#stop.signal);
      this.#failures.delete(key);
    } catch (error) {
      if (!this.#stop.signal.aborted) {
        const failures = (this.#failures.get(key) ?? 0) + 1;
        this.#failures.set(key, failures);
        next = backoffMs(failures, this.#options.retry);
        this.#options.onError(key, error, next);
      }
    }
    this.#running.delete(key);
    if (this.#again.delete(key)) this.add(key);
    else if (next !== undefined) this.addAfter(key, next);
    this.#fill();
  }
}
