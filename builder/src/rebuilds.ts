import type { Replica } from '@plat/platform-kit/change-feed.ts';
import type { RebuildStatus } from '@plat/platform-kit/clients/builder-client.ts';
import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError, toPlatformError } from '@plat/platform-kit/errors.ts';
import { KeyedQueue } from '@plat/platform-kit/keyed-queue.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import type { BuildLogs } from './build-logs.ts';
import { BuildStepError } from './image-builder.ts';
import { runBuild, type BuildDeps, type BuildOutcome } from './run-build.ts';

/** How long an outcome is remembered: whoever asks every second must not start a build that fails every second. */
const REMEMBERED_MS = 30_000;

export type RebuildDeps = {
  replica: Replica;
  metadata: Pick<MetadataClient, 'getVersion' | 'replaceImage'>;
  build: BuildDeps;
  logs: BuildLogs;
  logger: Logger;
  timeoutMs: number;
};

/**
 * Builds images again that are gone from the engine, one at a time, from the kept source and configuration.
 *
 * INVARIANTS: a version is built by one run at a time; the record gets the new image only if it still names the old one;
 * what the record says of the version is otherwise left as it is.
 */
export class Rebuilds {
  readonly #deps: RebuildDeps;
  readonly #queue: KeyedQueue;
  readonly #wanted = new Map<string, VersionRecord>();
  readonly #outcomes = new Map<string, { atMs: number; status: RebuildStatus }>();

  constructor(deps: RebuildDeps) {
    this.#deps = deps;
    this.#queue = new KeyedQueue({
      run: (key, signal) => this.#run(key, signal),
      onError: (key, error, retryInMs) =>
        deps.logger.warn({ err: error, version: key, retryInMs }, 'rebuild failed'),
      concurrency: 1,
      retry: { baseMs: 500, maxMs: 5000 },
    });
  }

  /** See BuilderClient.rebuild. */
  async request(functionId: string, number: number): Promise<RebuildStatus> {
    const key = `${functionId}/${number}`;
    if (this.#wanted.has(key)) return { outcome: 'building' };
    const known = this.#outcomes.get(key);
    if (known && Date.now() - known.atMs < REMEMBERED_MS && known.status.outcome === 'failed')
      return known.status;
    this.#outcomes.delete(key);
    const fn = this.#deps.replica.functions.get(functionId);
    if (!fn) throw new PlatformError('not_found', 'There is no such function.', { details: { functionId } });
    const version = await this.#deps.metadata.getVersion(fn.project, fn.name, number);
    if (version.imageId === null || (version.state !== 'starting' && version.state !== 'ready'))
      throw new PlatformError(
        'conflict',
        `Version ${number} is ${version.state}: it has no image to be built again.`,
      );
    this.#wanted.set(key, version);
    this.#queue.add(key);
    return { outcome: 'building' };
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }

  async #run(key: string, signal: AbortSignal): Promise<void> {
    const version = this.#wanted.get(key);
    if (!version) return;
    const status = await this.#rebuild(version, signal);
    if (signal.aborted) return;
    this.#outcomes.set(key, { atMs: Date.now(), status });
    this.#wanted.delete(key);
  }

  async #rebuild(version: VersionRecord, signal: AbortSignal): Promise<RebuildStatus> {
    const { functionId, number } = version;
    const logger = this.#deps.logger.child({ functionId, version: number });
    logger.info({ imageId: version.imageId }, 'image is gone, building it again');
    const log = await this.#deps.logs.open(functionId, number);
    try {
      log.note('image', 'The image is gone from the engine; building it again.');
      const over = deadline(this.#deps.timeoutMs, signal);
      const built = await runBuild(version, this.#deps.build, { log, signal: over });
      await this.#record(version, built);
      logger.info({ ...built }, 'image built again');
      return { outcome: 'built' };
    } catch (error) {
      const reason = this.#reasonOf(error);
      log.note('build', `Failed: ${reason}`);
      logger.warn({ err: error }, 'image could not be built again');
      return { outcome: 'failed', reason };
    } finally {
      await log.close();
      this.#deps.logs.wake(functionId, number);
    }
  }

  /** A conflict is no failure: the version has another image already, or is gone. */
  async #record(version: VersionRecord, { imageId, imageRef }: BuildOutcome): Promise<void> {
    const { functionId, number, imageId: from } = version;
    try {
      const replacement = { from: from!, imageId, imageRef, actor: 'builder' };
      await this.#deps.metadata.replaceImage(functionId, number, replacement);
    } catch (error) {
      if (error instanceof PlatformError && (error.code === 'conflict' || error.code === 'not_found')) return;
      throw error;
    }
  }

  #reasonOf(error: unknown): string {
    const { redact } = this.#deps.build;
    if (error instanceof BuildStepError) return redact(error.message);
    return redact(toPlatformError(error).message);
  }
}
