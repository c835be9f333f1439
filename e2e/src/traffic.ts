import { pause } from '@plat/platform-kit/waiting.ts';

export type Counted = { requests: number; failed: number; longestFailureMs: number; slowestMs: number };

const NOTHING: Counted = { requests: 0, failed: 0, longestFailureMs: 0, slowestMs: 0 };

/** Calls a function over and over, one call after the other, each with a deadline, and counts what fails. */
export class Traffic {
  readonly #call: () => Promise<boolean>;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #counted: Counted = { ...NOTHING };
  #failingSince: number | undefined;
  /** The call that is being made. */
  #present: Promise<void> = Promise.resolve();

  /** `call` resolves with whether it was answered well; it must not take longer than a few seconds. */
  constructor(call: () => Promise<boolean>, intervalMs: number) {
    this.#call = call;
    this.#loop = this.#run(intervalMs);
  }

  /** What was counted since the last time somebody asked, with the call that is being made: a fault may be holding it. */
  async take(): Promise<Counted> {
    await this.#present;
    const counted = this.#counted;
    this.#counted = { ...NOTHING };
    return counted;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #run(intervalMs: number): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#present = this.#count();
      await this.#present;
      await pause(intervalMs, this.#stop.signal);
    }
  }

  async #count(): Promise<void> {
    const startedAt = Date.now();
    const ok = await this.#call().catch(() => false);
    const counted = this.#counted;
    const endedAt = Date.now();
    counted.requests++;
    counted.slowestMs = Math.max(counted.slowestMs, endedAt - startedAt);
    if (ok) this.#failingSince = undefined;
    else {
      this.#failingSince ??= startedAt;
      counted.failed++;
      counted.longestFailureMs = Math.max(counted.longestFailureMs, endedAt - this.#failingSince);
    }
  }
}
