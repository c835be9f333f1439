import type { BuilderClient } from '@plat/platform-kit/clients/builder-client.ts';
import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import { toPlatformError } from '@plat/platform-kit/errors.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { deadline, pause } from '@plat/platform-kit/waiting.ts';
import type { EngineState } from './engine-state.ts';
import { nextPhase } from './next-phase.ts';
import { planMove, type MovePlan, type ProcessOf } from './plan-move.ts';

const PING_MS = 3000;
const LOOK_MS = { process: 5000, moving: 1000 };
/** A build that failed is asked for again after this. */
const RETRY_MS = 30_000;

export type EngineKeeperOptions = {
  state: EngineState;
  /** Rejects when the engine does not answer. */
  ping: (signal: AbortSignal) => Promise<unknown>;
  processes: () => Promise<ProcessOf[]>;
  isProcessImage: (imageId: string) => boolean;
  builder: Pick<BuilderClient, 'rebuild'>;
  logger: Logger;
  /** Undefined until the record was read whole. */
  record: () => ReadonlyMap<string, FunctionRecord> | undefined;
  /** Another phase: everything is to be looked at. */
  onPhase: () => Promise<void>;
  /** A version that somebody called by number may have another image by now. */
  onRebuild: (functionId: string, version: number) => Promise<void>;
  lookMs?: { process: number; moving: number };
};

/**
 * Notices a Docker engine while functions run as processes, and moves them over. It asks for images and waits; starting
 * containers, waiting until they are ready and ending processes is what the controller does for any version whose image
 * has changed. So an interrupted move is taken up where it was, and one that cannot go on leaves what serves serving.
 *
 * INVARIANTS
 * 1. One round at a time; each looks anew at the engine, the record and the processes.
 * 2. The move is over only when a round found nothing left while the engine answered.
 */
export class EngineKeeper {
  readonly #options: EngineKeeperOptions;
  readonly #stop = new AbortController();
  readonly #failed = new Map<string, { reason: string; atMs: number }>();
  #answers = 0;
  #silentSinceMs: number | undefined;
  #loop: Promise<void> | undefined;

  constructor(options: EngineKeeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { state, logger, lookMs = LOOK_MS } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const { phase } = state;
      if (phase === 'docker') return;
      await this.#round(signal).catch((error: unknown) => {
        if (!signal.aborted) logger.debug({ err: error }, 'the move to Docker could not be looked at');
      });
      if (state.phase === phase) await pause(lookMs[phase], signal);
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { state, onPhase } = this.#options;
    const why = await this.#ping(signal);
    const left = state.phase === 'moving' && this.#answers > 0 ? await this.#move(signal) : undefined;
    if (signal.aborted) return;
    const silentMs = this.#silentSinceMs === undefined ? 0 : Date.now() - this.#silentSinceMs;
    const phase = nextPhase(state.phase, { answers: this.#answers, silentMs, left });
    if (phase === state.phase) return;
    this.#failed.clear();
    state.advance(phase, why);
    await onPhase();
  }

  async #ping(signal: AbortSignal): Promise<string> {
    try {
      await this.#options.ping(deadline(PING_MS, signal));
      this.#answers++;
      this.#silentSinceMs = undefined;
      return 'the engine answers';
    } catch (error) {
      this.#answers = 0;
      this.#silentSinceMs ??= Date.now();
      return `the engine does not answer: ${(error as Error).message}`;
    }
  }

  /** Asks for what is missing; how much has not moved yet, or undefined while that is not known. */
  async #move(signal: AbortSignal): Promise<number | undefined> {
    const { state, record, processes, isProcessImage } = this.#options;
    const functions = record()?.values();
    if (!functions) return undefined;
    const plan = planMove({ functions, processes: await processes(), isProcessImage });
    for (const item of plan.rebuild) {
      if (signal.aborted) return undefined;
      await this.#rebuild(item);
    }
    const isLeft = new Set(plan.left);
    for (const name of this.#failed.keys()) if (!isLeft.has(name)) this.#failed.delete(name);
    const problems = [...this.#failed].map(([name, { reason }]) => `${name}: ${reason}`);
    state.move = { to: 'docker', left: plan.left, problems };
    return plan.left.length;
  }

  async #rebuild({ functionId, version, name }: MovePlan['rebuild'][number]): Promise<void> {
    const { builder, onRebuild, logger } = this.#options;
    const failed = this.#failed.get(name);
    if (failed && Date.now() - failed.atMs < RETRY_MS) return;
    const status = await builder
      .rebuild(functionId, version)
      .catch((error: unknown) => ({ outcome: 'failed' as const, reason: toPlatformError(error).message }));
    await onRebuild(functionId, version).catch(() => undefined);
    if (status.outcome !== 'failed') return;
    if (!failed) logger.warn({ functionId, version, reason: status.reason }, 'version was not moved');
    this.#failed.set(name, { reason: status.reason, atMs: Date.now() });
  }
}
