import type { ChangeFollower } from '@plat/platform-kit/change-feed.ts';
import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import { isEngineAway } from '@plat/platform-kit/docker/connect.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { collect, type Garbage, type GarbageItem } from '@plat/platform-kit/garbage.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { BlobInfo, BlobStore } from './blob-store.ts';
import type { BuildLogs } from './build-logs.ts';
import type { BuildScheduler } from './build-scheduler.ts';
import type { GenericImages } from './generic-images.ts';
import type { ImageBuilder } from './image-builder.ts';
import type { ImageRegistry, RegistryManifest } from './image-registry.ts';
import { findLeftovers, removeLeftover } from './leftover-folders.ts';
import {
  planImages,
  planLogs,
  planManifests,
  namesManifest,
  planSources,
  type FunctionHistory,
  type ImageGarbage,
  type ManifestGarbage,
} from './plan-sweep.ts';
import { readHistory } from './read-histories.ts';

export type SweeperDeps = {
  follower: Pick<ChangeFollower, 'replica' | 'synced'>;
  builds: Pick<BuildScheduler, 'isBuilding' | 'hold' | 'letGo'>;
  metadata: Pick<MetadataClient, 'listVersions' | 'releaseImage'>;
  blobs: BlobStore;
  images: ImageBuilder;
  genericImages: Pick<GenericImages, 'currentKeys'>;
  registry?: ImageRegistry;
  logs: BuildLogs;
  logger: Logger;
  stagingFolder: string;
  keepVersions: number;
  /** Age of what no build and no upload can still be using in the staging folder. */
  staleMs: number;
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
const ACTOR = 'builder';

/**
 * Removes the images, logs, sources and temporary folders that nobody needs: by itself, and when asked to.
 *
 * INVARIANTS
 * 1. Nothing is removed before the record was read whole, and one round runs at a time.
 * 2. Images and manifests are listed before the record is asked: what is in the list and was built since is named by a version, or its
 *    build is under way. Before one goes, builds of its function are held off and the record is asked once more.
 * 3. The record says first that a version has no image; it refuses for one that an alias names.
 * 4. A source goes only when no version of any function names it; images are found by our labels and looked at by id.
 */
export class Sweeper {
  readonly #deps: SweeperDeps;
  readonly #times: SweepTimes;
  readonly #stop = new AbortController();
  /** Functions that are gone and have no manifest left: the registry goes on listing their repositories. */
  readonly #emptied = new Set<string>();
  #wake = new AbortController();
  #loop: Promise<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

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
    await this.#turn;
  }

  /** One round. With `dryRun` it only says what it would remove. `unavailable` until the record was read. */
  collect({ dryRun }: { dryRun: boolean }): Promise<GarbageItem[]> {
    const round = this.#turn.then(() => this.#collect(dryRun));
    this.#turn = round.catch(() => undefined);
    return round;
  }

  /** What is left in the staging folder by builds and uploads that are over. */
  leftovers(): Promise<Garbage[]> {
    return findLeftovers(this.#deps.stagingFolder, Date.now() - this.#deps.staleMs);
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
        else if (!(await this.#sweep())) waitMs = this.#times.retryMs;
      } catch (error) {
        if (signal.aborted) return;
        waitMs = this.#times.retryMs;
        const isExpected = isEngineAway(error) || error instanceof PlatformError;
        this.#deps.logger[isExpected ? 'debug' : 'warn']({ err: error }, 'sweep failed');
      }
    }
  }

  /** False when something is still in use and wants another try soon. */
  async #sweep(): Promise<boolean> {
    const items = await this.collect({ dryRun: false });
    for (const { kind, id, why } of items.filter(({ outcome }) => outcome === 'removed'))
      this.#deps.logger.info({ kind, id, why }, 'garbage removed');
    return items.every(({ outcome }) => outcome === 'removed') && !(await this.#hasGoneButBusy());
  }

  async #collect(dryRun: boolean): Promise<GarbageItem[]> {
    const { follower, logger } = this.#deps;
    if (!follower.synced) {
      throw new PlatformError('unavailable', 'The builder has not read the record yet; try again.', {
        details: { retryAfterSeconds: 1 },
      });
    }
    const plan = await this.#plan();
    const images = new Map(plan.images.map((image) => [image.id, image]));
    const manifests = new Map(plan.manifests.map((manifest) => [manifest.id, manifest]));
    const remove = async (item: Garbage): Promise<'removed' | 'in_use'> => {
      const image = images.get(item.id);
      if (image) return this.#removeImage(image);
      if (item.kind === 'source') return this.#removeSource(item.id);
      if (item.kind === 'folder') return removeLeftover(item.id);
      const manifest = manifests.get(item.id);
      if (manifest) return this.#removeManifest(manifest);
      await this.#deps.logs.deleteAll(item.id);
      return 'removed';
    };
    const shownImages = plan.images.map(({ functionId: _, releases: __, ...image }) => image);
    // After the images: by then no version names them.
    const shownManifests = plan.manifests.map(({ functionId: _, digest: __, ...manifest }) => manifest);
    return collect(
      'builder',
      [...plan.others, ...shownImages, ...shownManifests],
      dryRun ? undefined : remove,
      (error, { kind, id }) => logger.warn({ err: error, kind, id }, 'garbage could not be removed'),
    );
  }

  async #plan(): Promise<{ images: ImageGarbage[]; manifests: ManifestGarbage[]; others: Garbage[] }> {
    const { blobs: store, images: builder, genericImages, builds, follower, keepVersions } = this.#deps;
    const { signal } = this.#stop;
    const images = await builder.list(signal);
    const used = (await builder.listUsed?.(signal)) ?? new Set<string>();
    const logSizes = await this.#logSizes();
    const manifests = await this.#manifests();
    const storedBeforeMs = Date.now() - this.#times.sourceMinAgeMs;
    const blobs: BlobInfo[] = [];
    for await (const blob of store.list()) if (blob.storedAtMs < storedBeforeMs) blobs.push(blob);
    const histories = await this.#histories();
    const versions = [...histories.values()].flatMap((history) => history.versions);
    const named = new Set(versions.map(({ sourceDigest }) => sourceDigest));
    const isBusy = (id: string) => builds.isBuilding(id);
    const isKept = (id: string) => follower.replica.functions.has(id) || isBusy(id);
    const generic = await genericImages.currentKeys(new Set(versions.map(({ config }) => config.runtime)));
    const imagePlan = planImages({ images, histories, isBusy, used, generic, keepVersions });
    return {
      images: imagePlan,
      manifests: planManifests({ manifests, histories, images: imagePlan, isBusy }),
      others: [
        ...planLogs({ logs: logSizes, isKept }),
        ...planSources({ blobs, named, storedBeforeMs }),
        ...(await this.leftovers()),
      ],
    };
  }

  async #logSizes(): Promise<{ functionId: string; bytes: number }[]> {
    const { logs, follower } = this.#deps;
    const gone = (await logs.functionIds()).filter((id) => !follower.replica.functions.has(id));
    return Promise.all(
      gone.map(async (functionId) => ({ functionId, bytes: await logs.bytesOf(functionId) })),
    );
  }

  async #histories(): Promise<Map<string, FunctionHistory>> {
    const histories = new Map<string, FunctionHistory>();
    for (const fn of [...this.#deps.follower.replica.functions.values()]) {
      const history = await readHistory(this.#deps.metadata, fn);
      if (history) histories.set(fn.id, history);
    }
    return histories;
  }

  async #removeImage(image: ImageGarbage): Promise<'removed' | 'in_use'> {
    const { builds, metadata, images, follower } = this.#deps;
    const { id: imageId, functionId } = image;
    if (!builds.hold(functionId)) return 'in_use';
    try {
      const fn = follower.replica.functions.get(functionId);
      const history = fn && (await readHistory(metadata, fn));
      const naming = history?.versions.filter((version) => version.imageId === imageId) ?? [];
      if (naming.some(({ number }) => !image.releases.includes(number))) return 'in_use';
      for (const { number } of naming) {
        const isReleased = await metadata
          .releaseImage(functionId, number, { imageId, actor: ACTOR })
          .then(() => true, isConflict);
        if (!isReleased) return 'in_use';
      }
      const outcome = await images.remove(imageId, this.#stop.signal);
      return outcome === 'in_use' ? 'in_use' : 'removed';
    } finally {
      builds.letGo(functionId);
    }
  }

  /** A registry that is away keeps what it has until a later round. */
  async #manifests(): Promise<RegistryManifest[]> {
    const { registry, follower, logger } = this.#deps;
    const { signal } = this.#stop;
    const found: RegistryManifest[] = [];
    try {
      for (const id of (await registry?.functionIds(signal)) ?? []) {
        if (this.#emptied.has(id)) continue;
        const manifests = await registry!.manifests(id, signal);
        if (manifests.length === 0 && !follower.replica.functions.has(id)) this.#emptied.add(id);
        found.push(...manifests);
      }
    } catch (error) {
      logger.debug({ err: error }, 'registry could not be asked for garbage');
    }
    return found;
  }

  async #removeManifest({ functionId, digest }: ManifestGarbage): Promise<'removed' | 'in_use'> {
    const { builds, metadata, registry, follower } = this.#deps;
    if (!builds.hold(functionId)) return 'in_use';
    try {
      const fn = follower.replica.functions.get(functionId);
      const history = fn && (await readHistory(metadata, fn));
      if (history && namesManifest(history.versions, digest)) return 'in_use';
      await registry?.removeManifest(functionId, digest, this.#stop.signal);
      return 'removed';
    } finally {
      builds.letGo(functionId);
    }
  }

  async #removeSource(digest: string): Promise<'removed' | 'in_use'> {
    const storedBeforeMs = Date.now() - this.#times.sourceMinAgeMs;
    return (await this.#deps.blobs.deleteOlder(digest, storedBeforeMs)) ? 'removed' : 'in_use';
  }

  /** What a build under way still adds to a function that is gone is left for the next round. */
  async #hasGoneButBusy(): Promise<boolean> {
    const { images, logs, builds, follower } = this.#deps;
    const owners = [
      ...(await images.list(this.#stop.signal)).map(({ functionId }) => functionId),
      ...(await logs.functionIds()),
    ];
    return owners.some((id) => builds.isBuilding(id) && !follower.replica.functions.has(id));
  }
}

/** False for a `conflict`: an alias names the version by now. Throws what else went wrong. */
function isConflict(error: unknown): false {
  if (error instanceof PlatformError && error.code === 'conflict') return false;
  throw error;
}
