import type { WakeOutcome } from '@plat/platform-kit/clients/controller-client.ts';
import { pause } from '@plat/platform-kit/waiting.ts';

/** Those who wait for a version to have a ready instance. Every one is answered: by `settle`, by time, or by leaving. */
export class WakeBook {
  readonly #waiting = new Map<string, Set<(outcome: WakeOutcome) => void>>();

  has(key: string): boolean {
    return this.#waiting.has(key);
  }

  async wait(key: string, timeoutMs: number, signal: AbortSignal): Promise<WakeOutcome> {
    const waiters = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiters);
    const over = new AbortController();
    let settled: ((outcome: WakeOutcome) => void) | undefined;
    const outcome = new Promise<WakeOutcome>((resolve) => waiters.add((settled = resolve)));
    const late = pause(timeoutMs, AbortSignal.any([signal, over.signal])).then((): WakeOutcome => ({
      outcome: 'timeout',
    }));
    try {
      return await Promise.race([outcome, late]);
    } finally {
      over.abort();
      if (settled) waiters.delete(settled);
      if (waiters.size === 0 && this.#waiting.get(key) === waiters) this.#waiting.delete(key);
    }
  }

  /** Answers everybody whose key starts with `prefix`. */
  settleAll(prefix: string, outcome: WakeOutcome): void {
    for (const key of [...this.#waiting.keys()]) if (key.startsWith(prefix)) this.settle(key, outcome);
  }

  settle(key: string, outcome: WakeOutcome): void {
    const waiters = this.#waiting.get(key);
    if (!waiters) return;
    this.#waiting.delete(key);
    for (const resolve of waiters) resolve(outcome);
  }
}
