import { setTimeout as delay } from 'node:timers/promises';

export type SteadyCall = {
  /** Milliseconds of one clock. */
  sentAt: number;
  answeredAt: number;
  status: number;
  /** The version that answered, as it says itself; 0 for none. */
  version: number;
  /** What the platform says of a call that failed. */
  problem?: string;
};

type Answered = Pick<SteadyCall, 'status' | 'version' | 'problem'>;

/** More would measure how many connections this process opens, and not what is called. */
const AT_ONCE = 100;

/**
 * Calls at a steady rate, whatever the answers take, up to so many at a time. `close` resolves once all are answered.
 */
export class SteadyCalls {
  readonly calls: SteadyCall[] = [];
  readonly #call: () => Promise<Answered>;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #loop: Promise<void>;

  constructor(call: () => Promise<Answered>, perSecond: number) {
    this.#call = call;
    this.#loop = this.#run(1000 / perSecond);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
    await Promise.all(this.#running);
  }

  async #run(intervalMs: number): Promise<void> {
    const startedAt = performance.now();
    for (let sent = 0; !this.#stop.signal.aborted; sent++) {
      const early = startedAt + sent * intervalMs - performance.now();
      if (early > 1) await delay(early);
      if (this.#running.size >= AT_ONCE) await Promise.race(this.#running);
      const one = this.#one();
      this.#running.add(one);
      void one.finally(() => this.#running.delete(one));
    }
  }

  async #one(): Promise<void> {
    const sentAt = performance.now();
    const answer = await this.#call().catch((error: Error): Answered => {
      return { status: 0, version: 0, problem: error.message };
    });
    this.calls.push({ sentAt, answeredAt: performance.now(), ...answer });
  }
}
