type Window = { count: number; endsAt: number };

/** Counts by key within windows that begin with a key's first count. `now` is monotonic, in ms: a clock that is set changes nothing. */
export class WindowCounter {
  /** So many keys are counted at most; beyond, those whose window began first are forgotten. */
  readonly #keysLimit: number;
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #now: () => number;
  /** In the order in which the windows began, which is that in which they end. */
  readonly #windows = new Map<string, Window>();

  constructor(options: { limit: number; windowMs: number; keysLimit?: number; now?: () => number }) {
    this.#keysLimit = options.keysLimit ?? 100_000;
    this.#limit = options.limit;
    this.#windowMs = options.windowMs;
    this.#now = options.now ?? (() => performance.now());
  }

  get size(): number {
    return this.#windows.size;
  }

  /** Counts one more; false when the window of `key` is full already. */
  take(key: string): boolean {
    const now = this.#now();
    const window = this.#windows.get(key);
    if (window && window.endsAt > now) {
      if (window.count >= this.#limit) return false;
      window.count++;
      return true;
    }
    if (this.#limit === 0) return false;
    this.#windows.delete(key);
    this.#windows.set(key, { count: 1, endsAt: now + this.#windowMs });
    this.#forgetOld(now);
    return true;
  }

  /** How long until `key` may count again, in ms; 0 when it may now. */
  waitMs(key: string): number {
    const window = this.#windows.get(key);
    return window && window.count >= this.#limit ? Math.max(0, window.endsAt - this.#now()) : 0;
  }

  /** Up to two go for each that begins, so this never takes long and still keeps up. */
  #forgetOld(now: number): void {
    let left = 2;
    for (const [key, { endsAt }] of this.#windows) {
      if (left-- === 0 || (endsAt > now && this.#windows.size <= this.#keysLimit)) return;
      this.#windows.delete(key);
    }
  }
}
