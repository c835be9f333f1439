import type { ChangeFollower } from '@plat/platform-kit/change-feed.ts';
import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import { isEngineAway } from '@plat/platform-kit/docker/connect.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { BlobInfo, BlobStore } from './blob-store.ts';
import type { BuildLogs } from './build-logs.ts';
import type { ImageBuilder } from './image-builder.ts';
import type { ImageRegistry } from './image-registry.ts';
import { planSourceSweep, planSweep } from './plan-sweep.ts';

export type SweeperDeps = {
  follower: Pick<ChangeFollower, 'replica' | 'synced'>;
  isBuilding: (functionId: string) => boolean;
  metadata: Pick<MetadataClient, 'listVersions'>;
  blobs: BlobStore;
  images: ImageBuilder;
  registry?: ImageRegistry;
  logs: BuildLogs;
  logger: Logger;
  times?: Partial<SweepTimes>;
};

export type SweepTimes = {
  everyMs: number;
  /** Between a deletion and the sweep it asks for, so that several share one. */
  settleMs: number;
  /** When an image is still in use by a container that is on its way out. */
  retryMs: number;
  sourceMinAgeMs: number;
};

const TIMES: SweepTimes = {
  everyMs: 10 * 60_000,
  settleMs: 2000,
  retryMs: 15_000,
  sourceMinAgeMs: 60 * 60_000,
};

/**
 * Removes the images, logs and sources of functions that are gone.
 *
 * INVARIANTS: nothing is removed before the record was read whole; what a function that exists owns is not touched, and a
 * source only when no version of any function names it; images are found by our labels and looked at again by id.
 */
export class Sweeper {
  readonly #deps: SweeperDeps;
  readonly #times: SweepTimes;
  readonly #stop = new AbortController();
  readonly #emptied = new Set<string>();
  #wake = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(deps: SweeperDeps) {
    this.#deps = deps;
    this.#times = { ...TIMES, ...deps.times };
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Something was deleted. */
  request(): void {
    this.#wake.abort();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let waitMs = this.#times.settleMs;
    while (!signal.aborted) {
      await pause(waitMs, AbortSignal.any([signal, this.#wake.signal]));
      if (this.#wake.signal.aborted) {
        this.#wake = new AbortController();
        await pause(this.#times.settleMs, signal);
      }
      if (signal.aborted) return;
      waitMs = this.#times.everyMs;
      try {
        if (!this.#deps.follower.synced) waitMs = this.#times.settleMs;
        else if (!(await this.sweep())) waitMs = this.#times.retryMs;
      } catch (error) {
        if (signal.aborted) return;
        waitMs = this.#times.retryMs;
        const isExpected = isEngineAway(error) || error instanceof PlatformError;
        this.#deps.logger[isExpected ? 'debug' : 'warn']({ err: error }, 'sweep failed');
      }
    }
  }

  /** One round; false when something is still in use and wants another try soon. */
  async sweep(): Promise<boolean> {
    const { follower, images, logs, logger, isBuilding } = this.#deps;
    const found = { images: await images.list(this.#stop.signal), logs: await logs.functionIds() };
    const isKept = (id: string) => follower.replica.functions.has(id) || isBuilding(id);
    const plan = planSweep({ ...found, isKept });
    for (const functionId of plan.logs) await logs.deleteAll(functionId);
    // What a build under way still adds to a function that is gone is left for the next round.
    let isDone = [...found.images.map(({ functionId }) => functionId), ...found.logs].every(
      (id) => follower.replica.functions.has(id) || !isBuilding(id),
    );
    for (const imageId of plan.imageIds) {
      const outcome = await images.remove(imageId, this.#stop.signal);
      if (outcome === 'in_use') isDone = false;
      if (outcome === 'removed') logger.info({ imageId }, 'image of a deleted function removed');
    }
    await this.#sweepRegistry(isKept);
    await this.#sweepSources();
    return isDone;
  }

  async #sweepRegistry(isKept: (functionId: string) => boolean): Promise<void> {
    const { registry, logger } = this.#deps;
    if (!registry) return;
    for (const functionId of await registry.functionIds(this.#stop.signal)) {
      if (isKept(functionId) || this.#emptied.has(functionId)) continue;
      await registry.remove(functionId, this.#stop.signal);
      // The registry goes on listing a repository that has no manifests.
      this.#emptied.add(functionId);
      logger.info({ functionId }, 'manifests of a deleted function removed');
    }
  }

  async #sweepSources(): Promise<void> {
    const storedBeforeMs = Date.now() - this.#times.sourceMinAgeMs;
    const blobs: BlobInfo[] = [];
    for await (const blob of this.#deps.blobs.list()) if (blob.storedAtMs < storedBeforeMs) blobs.push(blob);
    if (blobs.length === 0) return;
    const named = await this.#namedSources();
    for (const digest of planSourceSweep({ blobs, named, storedBeforeMs })) {
      const isGone = await this.#deps.blobs.deleteOlder(digest, storedBeforeMs);
      if (isGone) this.#deps.logger.info({ digest }, 'source that no version names removed');
    }
  }

  async #namedSources(): Promise<Set<string>> {
    const named = new Set<string>();
    for (const fn of [...this.#deps.follower.replica.functions.values()]) {
      for (const version of fn.versions) named.add(version.sourceDigest);
      let before: number | undefined;
      do {
        const page = await this.#deps.metadata.listVersions(fn.project, fn.name, { before, limit: 200 });
        for (const version of page.items) named.add(version.sourceDigest);
        before = page.next === null ? undefined : Number(page.next);
      } while (before !== undefined);
    }
    return named;
  }
}
