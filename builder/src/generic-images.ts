import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { Runtime } from '@plat/platform-kit/runtime-folder.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import { completeContext, readRuntimeFiles } from './build-context.ts';
import { buildKey } from './build-key.ts';
import { findManifest } from './check-source.ts';
import type { BuildDeps } from './run-build.ts';

export type GenericImagesDeps = {
  build: Pick<BuildDeps, 'images' | 'runtimes' | 'settings' | 'namespace' | 'stagingFolder'>;
  logger: Logger;
  timeoutMs: number;
};

/** Stands where an image's labels name its function. No function has an id with a dash. */
const OWNER_PREFIX = 'generic-';

export function isGenericOwner(functionId: string): boolean {
  return functionId.startsWith(OWNER_PREFIX);
}

/**
 * Images of runtimes without any function's code, of which containers of pools are made. They stay in the engine and are
 * made again when they are gone. One build of a runtime at a time; who asks meanwhile gets the same.
 */
export class GenericImages {
  readonly #deps: GenericImagesDeps;
  readonly #underWay = new Map<string, Promise<string>>();
  readonly #stop = new AbortController();

  constructor(deps: GenericImagesDeps) {
    this.#deps = deps;
  }

  /** See BuilderClient.genericImage. */
  async of(runtimeId: string): Promise<string> {
    const { runtimes } = this.#deps.build;
    const manifest = findManifest(runtimeId, runtimes.map((known) => known.manifest)); // prettier-ignore
    if (!manifest.pool)
      throw new PlatformError('conflict', `Containers of the runtime "${runtimeId}" start with their code.`);
    const runtime = runtimes.find((known) => known.manifest === manifest)!;
    const known = this.#underWay.get(runtimeId);
    if (known) return known;
    const making = this.#findOrBuild(runtime).finally(() => this.#underWay.delete(runtimeId));
    this.#underWay.set(runtimeId, making);
    return making;
  }

  /** Build keys of the images that pools of these runtimes are made of at present; what else there is can go. */
  async currentKeys(runtimeIds: ReadonlySet<string>): Promise<Set<string>> {
    const pooled = this.#deps.build.runtimes.filter(
      ({ manifest }) => manifest.pool && runtimeIds.has(manifest.id),
    );
    return new Set(await Promise.all(pooled.map((runtime) => this.#keyOf(runtime))));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#underWay.values());
  }

  async #findOrBuild(runtime: Runtime): Promise<string> {
    const { build, logger, timeoutMs } = this.#deps;
    const { manifest } = runtime;
    const functionId = `${OWNER_PREFIX}${manifest.id}`;
    const key = await this.#keyOf(runtime);
    const signal = deadline(timeoutMs, this.#stop.signal);
    const found = await build.images.find({ functionId, buildKey: key }, signal);
    if (found !== undefined) return found;
    await mkdir(build.stagingFolder, { recursive: true });
    const folder = await mkdtemp(path.join(build.stagingFolder, 'generic-'));
    try {
      await mkdir(path.join(folder, 'source'));
      const contextFolder = await completeContext(folder, { runtime, settings: build.settings });
      const imageId = await build.images.build(
        {
          contextFolder,
          tag: `${build.namespace}/${functionId}:${key.slice(0, 12)}`,
          labels: {
            [LABELS.managed]: 'true',
            [LABELS.namespace]: build.namespace,
            [LABELS.functionId]: functionId,
            [LABELS.build]: key,
          },
          baseImages: manifest.baseImages,
          manifest,
        },
        { onLine: (phase, text) => logger.debug({ runtime: manifest.id, phase }, text), signal },
      );
      logger.info({ runtime: manifest.id, imageId }, 'image for pools is built');
      return imageId;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #keyOf(runtime: Runtime): Promise<string> {
    const files = await readRuntimeFiles(runtime);
    return buildKey({
      source: [],
      runtime: { id: runtime.manifest.id, files },
      settings: this.#deps.build.settings,
    });
  }
}
