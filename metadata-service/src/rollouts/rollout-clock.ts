import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { RolloutRecord } from '@plat/platform-kit/rollout.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { Store } from '../store/store.ts';
import { judgeStep } from './judge-step.ts';

type RolloutStore = Pick<Store, 'runningRollouts' | 'stepFigures' | 'applyVerdict'>;

const TICK_MS = 1000;

/**
 * Looks at the rollouts that are under way and takes them on; the one owner of their progress. All it knows is in the
 * record, so that a restart changes nothing but the time of the next look.
 */
export class RolloutClock {
  readonly #store: RolloutStore;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #tickMs: number;
  readonly #stop = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(deps: { store: RolloutStore; logger: Logger; now?: () => number; tickMs?: number }) {
    this.#store = deps.store;
    this.#logger = deps.logger;
    this.#now = deps.now ?? Date.now;
    this.#tickMs = deps.tickMs ?? TICK_MS;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  /** One look at every rollout. One that cannot be looked at does not hold up the others. */
  async tick(): Promise<void> {
    for (const rollout of await this.#store.runningRollouts()) {
      await this.#look(rollout).catch((error: unknown) => {
        // A person steered it between the look and the verdict.
        if (error instanceof PlatformError && error.code === 'conflict') return;
        this.#logger.error({ err: error, rollout: rollout.id }, 'a rollout could not be taken on');
      });
    }
  }

  async #look(rollout: RolloutRecord): Promise<void> {
    const figures = await this.#store.stepFigures(rollout);
    const elapsedMs = this.#now() - Date.parse(rollout.stepStartedAt!);
    const verdict = judgeStep({ plan: rollout.plan, elapsedMs, ...figures });
    if (verdict.kind === 'wait' && verdict.for === 'time') return;
    const { state } = await this.#store.applyVerdict(rollout, { verdict, figures });
    if (verdict.kind !== 'wait') {
      const { project, function: name, version } = rollout;
      this.#logger.info(
        { project, function: name, version, verdict: verdict.kind, state },
        'rollout went on',
      );
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.tick().catch((error: unknown) =>
        this.#logger.error({ err: error }, 'rollouts could not be read'),
      );
      await pause(this.#tickMs, signal);
    }
  }
}
