/** How much the latest interval counts against those before it. */
const WEIGHT = 0.1;
/** Fewer intervals say nothing: the first ones may be those of instances that are about to get company. */
const LEAST_INTERVALS = 20;

/** How quick a queue moves, as the time between two that are served while others wait. Pure but for what it remembers. */
export class ServingPace {
  #lastAtMs: number | undefined;
  #meanMs = 0;
  #intervals = 0;

  served(nowMs: number): void {
    if (this.#lastAtMs !== undefined) {
      const intervalMs = nowMs - this.#lastAtMs;
      this.#intervals++;
      this.#meanMs += (intervalMs - this.#meanMs) * Math.max(WEIGHT, 1 / this.#intervals);
    }
    this.#lastAtMs = nowMs;
  }

  /** Nobody waits: what comes then is a beginning. */
  reset(): void {
    this.#lastAtMs = undefined;
    this.#meanMs = 0;
    this.#intervals = 0;
  }

  /** When the one at `place` (the first is 1) will be served, as far as one can tell; 0 when one cannot. */
  expectedMs(place: number): number {
    return this.#intervals < LEAST_INTERVALS ? 0 : place * this.#meanMs;
  }
}
