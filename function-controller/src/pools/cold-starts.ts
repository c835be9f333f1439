import type { PoolDemand } from './plan-pools.ts';

/** Cold starts within this time come faster than a pool is filled again. */
const BURST_MS = 5000;
const MOST_KEPT = 500;

/** When instances were wanted of which pool; lost with the process. */
export class ColdStarts {
  readonly #keepMs: number;
  readonly #times = new Map<string, number[]>();

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  note(key: string, nowMs: number): void {
    this.#times.set(key, [...(this.#times.get(key) ?? []).slice(-MOST_KEPT), nowMs]);
  }

  forget(isGone: (key: string) => boolean): void {
    for (const key of this.#times.keys()) if (isGone(key)) this.#times.delete(key);
  }

  has(key: string): boolean {
    return this.#times.has(key);
  }

  /** What each pool should hold for cold starts like the recent ones. */
  demands(nowMs: number): PoolDemand[] {
    const demands: PoolDemand[] = [];
    for (const [key, times] of this.#times) {
      const recent = times.filter((atMs) => nowMs - atMs < this.#keepMs);
      if (recent.length === 0) this.#times.delete(key);
      else {
        this.#times.set(key, recent);
        demands.push({ key, burst: largestBurst(recent), lastAtMs: recent.at(-1)! });
      }
    }
    return demands;
  }
}

/** Most of these times, which are in order, within {@link BURST_MS}. */
export function largestBurst(times: readonly number[]): number {
  let most = 0;
  let from = 0;
  times.forEach((atMs, index) => {
    while (atMs - times[from]! > BURST_MS) from++;
    most = Math.max(most, index - from + 1);
  });
  return most;
}
