import { newId } from '@plat/platform-kit/ids.ts';

export type StartUnderWay = { instance: string; functionId: string; version: number; spec: string };

export type StartsOptions = {
  /** How many the engine is asked for at the same time; the others wait for their turn. */
  concurrency: number;
  /** Called when a start begins, and when it is over, however it went. */
  onBegin: (functionId: string) => void;
  onDone: (functionId: string) => void;
};

/**
 * Starts of instances, each in the background, so that one that takes its time holds up neither the next one nor the
 * waking of an instance that is there already.
 *
 * INVARIANTS
 * 1. From `begin` on until its work is over a start is in `of`: whoever plans counts it as an instance that starts.
 * 2. After `close` resolves nothing runs.
 */
export class Starts {
  readonly #options: StartsOptions;
  readonly #underWay = new Map<string, { start: StartUnderWay; work: Promise<void> }>();
  readonly #turns: (() => void)[] = [];
  readonly #stop = new AbortController();
  #running = 0;

  constructor(options: StartsOptions) {
    this.#options = options;
  }

  of(functionId: string): StartUnderWay[] {
    return [...this.#underWay.values()].flatMap(({ start }) =>
      start.functionId === functionId ? [start] : [],
    );
  }

  /** Some are under way. */
  get isBusy(): boolean {
    return this.#underWay.size > 0;
  }

  /** `work` gets the name of the new instance, and never rejects. */
  begin(
    start: Omit<StartUnderWay, 'instance'>,
    work: (instance: string, signal: AbortSignal) => Promise<void>,
  ): void {
    if (this.#stop.signal.aborted) return;
    const instance = newId();
    this.#options.onBegin(start.functionId);
    const done = this.#run((signal) => work(instance, signal)).finally(() => {
      this.#underWay.delete(instance);
      this.#options.onDone(start.functionId);
    });
    this.#underWay.set(instance, { start: { ...start, instance }, work: done });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    for (const turn of this.#turns.splice(0)) turn();
    await Promise.allSettled([...this.#underWay.values()].map(({ work }) => work));
  }

  async #run(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.#stop;
    if (this.#running >= this.#options.concurrency)
      await new Promise<void>((resolve) => this.#turns.push(resolve));
    if (signal.aborted) return;
    this.#running++;
    try {
      await work(signal);
    } finally {
      this.#running--;
      this.#turns.shift()?.();
    }
  }
}
