import { pause } from '@plat/platform-kit/waiting.ts';

export type Counted = { requests: number; failed: number; longestFailureMs: number };

/** Calls a function over and over, one call after the other, each with a deadline, and counts what fails. */
export class Traffic {
  readonly #call: () => Promise<boolean>;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #counted: Counted = { requests: 0, failed: 0, longestFailureMs: 0 };
  #failingSince: number | undefined;

  /** `call` resolves with whether it was answered well; it must not take longer than a few seconds. */
  constructor(call: () => Promise<boolean>, intervalMs: number) {
    this.#call = call;
    this.#loop = this.#run(intervalMs);
  }

  /** What was counted since the last time somebody asked. */
  take(): Counted {
    const counted = this.#counted;
    this.#counted = { requests: 0, failed: 0, longestFailureMs: 0 };
    return counted;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #run(intervalMs: number): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const startedAt = Date.now();
      const ok = await this.#call().catch(() => false);
      this.#counted.requests++;
      if (ok) this.#failingSince = undefined;
      else {
        this.#failingSince ??= startedAt;
        this.#counted.failed++;
        this.#counted.longestFailureMs = Math.max(
          this.#counted.longestFailureMs,
          Date.now() - this.#failingSince,
        );
      }
      await pause(intervalMs, this.#stop.signal);
    }
  }
}
