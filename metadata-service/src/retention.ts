import type { Logger } from '@plat/platform-kit/logging.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import { TIERS } from './store/metric-tiers.ts';
import type { Expired, Store } from './store/store.ts';

export type Keep = { executionsMs: number; executionsPerProject: number; auditMs: number };

type RetentionStore = Pick<
  Store,
  | 'expireIdempotency'
  | 'countExpired'
  | 'expireExecutions'
  | 'projectsWithExecutions'
  | 'trimExecutions'
  | 'expireAudit'
  | 'trimChanges'
  | 'expireMetrics'
>;

/** How long a request with an `Idempotency-Key` may be repeated. */
const IDEMPOTENCY_MS = 24 * 3_600_000;

/** When the first pass begins after the start, and how long after a pass the next one does. */
export type RetentionTiming = { firstRunMs: number; intervalMs: number };

const TIMING: RetentionTiming = { firstRunMs: 5_000, intervalMs: 60_000 };
/** Rows one statement deletes, and the pause after it: what waits for the database meanwhile waits a few ms. */
const BATCH_ROWS = 500;
const BREATH_MS = 5;
/** Newest rows of the change feed that are kept; who is further behind reads the whole state. */
export const CHANGES_KEPT = 10_000;

/** Deletes what is older or more than configured, in small batches, again and again in the background. */
export class Retention {
  readonly #store: RetentionStore;
  readonly #logger: Logger;
  readonly keep: Keep;
  readonly #now: () => number;
  readonly #timing: RetentionTiming;
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(deps: {
    store: RetentionStore;
    logger: Logger;
    keep: Keep;
    now?: () => number;
    timing?: RetentionTiming;
  }) {
    this.#store = deps.store;
    this.#logger = deps.logger;
    this.keep = deps.keep;
    this.#now = deps.now ?? Date.now;
    this.#timing = deps.timing ?? TIMING;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  /** How much a pass would delete right now. */
  countDue(): Promise<Expired> {
    const { executionsMs, executionsPerProject, auditMs } = this.keep;
    return this.#store.countExpired({
      executionsBefore: new Date(this.#now() - executionsMs),
      keep: executionsPerProject,
      auditBefore: new Date(this.#now() - auditMs),
    });
  }

  /** One pass over everything; returns how many rows it deleted. */
  async runOnce(): Promise<number> {
    const { executionsMs, executionsPerProject: keep, auditMs } = this.keep;
    const limit = BATCH_ROWS;
    const executionsBefore = new Date(this.#now() - executionsMs);
    const auditBefore = new Date(this.#now() - auditMs);

    let deleted = await this.#drain(() => this.#store.expireExecutions({ before: executionsBefore, limit }));
    for (const project of await this.#store.projectsWithExecutions()) {
      deleted += await this.#drain(() => this.#store.trimExecutions({ project, keep, limit }));
    }
    deleted += await this.#drain(() => this.#store.expireAudit({ before: auditBefore, limit }));
    const keysBefore = new Date(this.#now() - IDEMPOTENCY_MS);
    deleted += await this.#drain(() => this.#store.expireIdempotency({ before: keysBefore, limit }));
    for (const { resolutionS, keepMs } of TIERS)
      deleted += await this.#expireMetrics(resolutionS, new Date(this.#now() - keepMs));
    deleted += await this.#store.trimChanges({ keep: CHANGES_KEPT });
    return deleted;
  }

  async #expireMetrics(resolutionS: number, before: Date): Promise<number> {
    let total = 0;
    while (!this.#stop.signal.aborted) {
      const deleted = await this.#store.expireMetrics({ resolutionS, before });
      total += deleted;
      if (deleted === 0) break;
      await pause(BREATH_MS, this.#stop.signal);
    }
    return total;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    await pause(this.#timing.firstRunMs, signal);
    while (!signal.aborted) {
      try {
        const deleted = await this.runOnce();
        if (deleted > 0) this.#logger.info({ deleted }, 'old records deleted');
      } catch (error) {
        this.#logger.error({ err: error }, 'old records could not be deleted');
      }
      await pause(this.#timing.intervalMs, signal);
    }
  }

  async #drain(deleteBatch: () => Promise<number>): Promise<number> {
    let total = 0;
    while (!this.#stop.signal.aborted) {
      const deleted = await deleteBatch();
      total += deleted;
      if (deleted < BATCH_ROWS) break;
      await pause(BREATH_MS, this.#stop.signal);
    }
    return total;
  }
}
