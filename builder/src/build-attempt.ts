import type { MetadataClient, Transition } from '@plat/platform-kit/clients/metadata-client.ts';
import type { VersionError, VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError, toPlatformError } from '@plat/platform-kit/errors.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { formatDuration } from '@plat/platform-kit/units.ts';
import { backoffMs, deadline, sleep } from '@plat/platform-kit/waiting.ts';
import type { BuildLogWriter } from './build-log-writer.ts';
import type { BuildLogs } from './build-logs.ts';
import { explainFailure } from './explain-failure.ts';
import { BuildStepError } from './image-builder.ts';
import { runBuild, type BuildDeps, type BuildOutcome } from './run-build.ts';

const RECORD_ATTEMPTS = 6;

/**
 * `settled`: built or failed, and the record says so. `cancelled`: somebody cancelled it, the record is theirs to change.
 * `try_again`: the engine went away, the version waits again. `stopped`: this process ends.
 */
export type AttemptOutcome = 'settled' | 'cancelled' | 'try_again' | 'stopped';

/** What came of the build itself, as far as it is known. `interrupted`: it will be tried again. */
export type AttemptResult = 'built' | 'reused' | 'failed' | 'cancelled' | 'interrupted';

export type AttemptDeps = {
  metadata: Pick<MetadataClient, 'transitionVersion'>;
  build: BuildDeps;
  logs: BuildLogs;
  logger: Logger;
  timeoutMs: number;
  memoryMb: number;
};

/** One go at building one version: the record's states, the log, the deadline. */
export class BuildAttempt {
  readonly number: number;
  /** Resolves when `markOver` was called. */
  readonly over: Promise<void>;
  readonly #version: VersionRecord;
  readonly #deps: AttemptDeps;
  readonly #stopped: AbortSignal;
  /** Of the latest `run`. */
  result: AttemptResult = 'interrupted';
  readonly #cancelled = new AbortController();
  #resolveOver: () => void = () => undefined;

  constructor(version: VersionRecord, deps: AttemptDeps, stopped: AbortSignal) {
    this.number = version.number;
    this.#version = version;
    this.#deps = deps;
    this.#stopped = stopped;
    this.over = new Promise((resolve) => (this.#resolveOver = resolve));
  }

  cancel(): void {
    this.#cancelled.abort();
  }

  markOver(): void {
    this.#resolveOver();
  }

  async run(): Promise<AttemptOutcome> {
    const { functionId, number } = this.#version;
    if (!(await this.#record({ from: 'pending', to: 'building' }))) return 'cancelled';
    const log = await this.#deps.logs.open(functionId, number);
    const logger = this.#deps.logger.child({ functionId, version: number });
    logger.info({ function: this.#version.function, project: this.#version.project }, 'build started');
    try {
      const outcome = await this.#buildAndRecord(log, logger);
      logger.info({ outcome }, 'build over');
      return outcome;
    } finally {
      await log.close();
    }
  }

  async #buildAndRecord(log: BuildLogWriter, logger: Logger): Promise<AttemptOutcome> {
    const signal = deadline(this.#deps.timeoutMs, this.#cancelled.signal, this.#stopped);
    const isLate = () => signal.aborted && (signal.reason as Error).name === 'TimeoutError';
    let built: BuildOutcome;
    try {
      built = await runBuild(this.#version, this.#deps.build, { log, signal });
    } catch (error) {
      if (this.#cancelled.signal.aborted) {
        log.note('build', 'The build was cancelled.');
        this.result = 'cancelled';
        return 'cancelled';
      }
      if (this.#stopped.aborted) return 'stopped';
      if (isEngineAway(error) && !isLate()) {
        log.note('engine', `The engine went away; waiting for the engine. ${(error as Error).message}`);
        await this.#record({ from: 'building', to: 'pending' });
        return 'try_again';
      }
      const failure = isLate() ? this.#timeoutError() : this.#describe(error);
      if (failure.code === 'internal') logger.error({ err: error }, 'build broke');
      log.note('build', `Failed: ${failure.message}`);
      this.result = 'failed';
      await this.#record({ from: 'building', to: 'failed', error: failure });
      return 'settled';
    }
    logger.info({ ...built }, 'image ready');
    this.result = built.imageReused ? 'reused' : 'built';
    await this.#record({ from: 'building', to: 'starting', ...built });
    return 'settled';
  }

  #timeoutError(): VersionError {
    return {
      code: 'invalid',
      message: `The build took longer than ${formatDuration(this.#deps.timeoutMs)} and was stopped (setting BUILD_TIMEOUT_SECONDS).`,
      phase: 'building',
    };
  }

  #describe(error: unknown): VersionError {
    if (error instanceof BuildStepError) {
      const { redact } = this.#deps.build;
      const { code, message, logTail } = explainFailure(error.step, { memoryMb: this.#deps.memoryMb });
      return { code, message: redact(message), phase: 'building', logTail: logTail.map(redact) };
    }
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      return { code: 'unavailable', message: "The builder's disk is full (DATA_DIR).", phase: 'building' };
    const { code, message } = toPlatformError(error);
    return { code, message: this.#deps.build.redact(message), phase: 'building' };
  }

  /** False when the record is no longer in that state: somebody cancelled or deleted it. Keeps trying for a while. */
  async #record(transition: Transition): Promise<boolean> {
    const { functionId, number } = this.#version;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#deps.metadata.transitionVersion(functionId, number, { ...transition, actor: 'builder' });
        return true;
      } catch (error) {
        if (!(error instanceof PlatformError)) throw error;
        if (error.code === 'conflict' || error.code === 'not_found') return false;
        if (attempt === RECORD_ATTEMPTS || this.#stopped.aborted) throw error;
        await sleep(backoffMs(attempt), this.#stopped);
      }
    }
  }
}

function isEngineAway(error: unknown): boolean {
  return error instanceof PlatformError && error.details?.reason === 'engine_unavailable';
}
