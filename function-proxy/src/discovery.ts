import type { Logger } from '@plat/platform-kit/logging.ts';
import { backoffMs, deadline, pause } from '@plat/platform-kit/waiting.ts';
import type { DiscoveredInstance, InstanceSource } from './instance-source.ts';

const LIST_TIMEOUT_MS = 20_000;
/** An engine may report an event some milliseconds before its list shows it (Docker does for pause and unpause). */
const SETTLE = { firstMs: 10, looks: 7 };
/** How long an announced instance may be missing from lists: by then another controller has found it, should ours have died. */
const ANNOUNCED_MS = 10_000;
/** The list that confirms it is not what calls wait for. */
const CONFIRM_MS = 100;

export type DiscoveryOptions = {
  source: InstanceSource;
  logger: Logger;
  /** Takes over a whole list; `began` are the ids whose readiness must be looked at anew. */
  apply: (instances: DiscoveredInstance[], began: ReadonlySet<string>) => void;
  /** Takes over one that was announced. */
  add: (instance: DiscoveredInstance) => void;
  resyncMs?: number;
};

/**
 * INVARIANTS
 * 1. Only a list changes the index; events and the clock only ask for one. But what the controller says that it has just made
 *    of a container is there at once, until a list shows it or the time for that is over.
 * 2. One list at a time. Whatever happens while a list is under way causes another one after it.
 * 3. A list that fails is tried again with back-off; until then the index stays as it is.
 * 4. A list that does not show yet what an event said is followed by others, a few and soon.
 * 5. After each (re)opening of the event stream there is a list, so nothing between two streams is missed.
 */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #stop = new AbortController();
  readonly #began = new Set<string>();
  /** What the last event of an instance said, true for running, until a list shows it. */
  readonly #expected = new Map<string, boolean>();
  readonly #announced = new Map<string, { found: DiscoveredInstance; untilMs: number }>();
  #confirm: NodeJS.Timeout | undefined;
  #looks = 0;
  #wanted = false;
  #wake = new AbortController();
  #loops: Promise<unknown> | undefined;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loops ??= Promise.all([this.#listWhenAsked(), this.#watch()]);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#confirm);
    this.#wake.abort();
    await this.#loops;
  }

  /** A container of a pool has its function: it is an instance before the engine can say so. */
  announce(found: DiscoveredInstance): void {
    if (this.#stop.signal.aborted) return;
    this.#announced.set(found.id, { found, untilMs: performance.now() + ANNOUNCED_MS });
    this.#options.add(found);
    this.#confirmSoon();
  }

  #confirmSoon(): void {
    this.#confirm ??= setTimeout(() => {
      this.#confirm = undefined;
      this.#ask();
    }, CONFIRM_MS);
  }

  /** The list, and what was announced that it does not show yet. */
  #withAnnounced(instances: DiscoveredInstance[]): DiscoveredInstance[] {
    const listed = new Set(instances.map(({ id }) => id));
    const nowMs = performance.now();
    for (const [id, { untilMs }] of this.#announced)
      if (listed.has(id) || untilMs <= nowMs) this.#announced.delete(id);
    if (this.#announced.size > 0) this.#confirmSoon();
    return [...instances, ...[...this.#announced.values()].map(({ found }) => found)];
  }

  #ask(): void {
    this.#wanted = true;
    this.#wake.abort();
  }

  async #listWhenAsked(): Promise<void> {
    const { source, apply, logger, resyncMs = 30_000 } = this.#options;
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      this.#wanted = false;
      this.#wake = new AbortController();
      const began = new Set(this.#began);
      this.#began.clear();
      try {
        const instances = await source.list(deadline(LIST_TIMEOUT_MS, signal));
        if (signal.aborted) return;
        apply(this.#withAnnounced(instances), began);
        if (failures > 0) logger.info({}, 'instances can be listed again');
        failures = 0;
        if (!this.#wanted) await pause(this.#settle(instances) ?? resyncMs, this.#wake.signal);
      } catch (error) {
        if (signal.aborted) return;
        for (const id of began) this.#began.add(id);
        if (failures++ === 0)
          logger.warn({ err: error }, 'instances cannot be listed; going on with what is known');
        await pause(backoffMs(failures), signal);
      }
    }
  }

  /** How soon to look again, or undefined when the list shows all that the events said. */
  #settle(instances: DiscoveredInstance[]): number | undefined {
    const running = new Set(instances.filter(({ status }) => status === 'running').map(({ id }) => id));
    for (const [id, began] of this.#expected) if (running.has(id) === began) this.#expected.delete(id);
    if (this.#expected.size === 0) return undefined;
    if (this.#looks < SETTLE.looks) return SETTLE.firstMs * 2 ** this.#looks++;
    this.#expected.clear();
    return undefined;
  }

  async #watch(): Promise<void> {
    const { source, logger } = this.#options;
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await source.watch({
          signal,
          onOpen: () => {
            failures = 0;
            this.#ask();
          },
          onEvent: ({ id, began, runs = began }) => {
            if (began) this.#began.add(id);
            this.#expected.set(id, runs);
            this.#looks = 0;
            if (!runs) this.#announced.delete(id);
            if (runs && this.#announced.has(id)) this.#confirmSoon();
            else this.#ask();
          },
        });
      } catch (error) {
        if (!signal.aborted && failures === 0)
          logger.warn({ err: error }, 'the stream of instance events broke');
      }
      if (signal.aborted) return;
      failures++;
      await pause(backoffMs(failures), signal);
      this.#ask();
    }
  }
}
