import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import type { Confinement } from '@plat/platform-kit/process/confinement.ts';
import { linkTree } from '@plat/platform-kit/process/link-tree.ts';
import { imageFolder, processPaths, type ProcessImage } from '@plat/platform-kit/process/process-state.ts';
import { formatBytes } from '@plat/platform-kit/units.ts';
import type { BuildRequest, BuiltImage, ImageBuilder } from '../image-builder.ts';
import { readTree } from '../read-tree.ts';
import { treeDigest } from '../tree-digest.ts';
import { dependencyLayer, ownTree } from './dependency-layer.ts';

export type DirectoryBuilderOptions = {
  /** The setting PROCESS_DIR. */
  folder: string;
  confinement: Confinement;
  memoryBytes: number;
};

/**
 * Builds for the engine `process`: an image is a folder named for the sha256 of what is in it. INVARIANT: a folder below
 * `images/` is whole; it gets there by one rename and is never written to again.
 */
export function createDirectoryImageBuilder(options: DirectoryBuilderOptions): ImageBuilder {
  const { folder, confinement } = options;
  const { images } = processPaths(folder);

  async function list(): Promise<(BuiltImage & { builtAtMs: number })[]> {
    const names = await readdir(images).catch(() => []);
    const found = await Promise.all(
      names
        .filter((name) => /^[0-9a-f]{64}$/.test(name))
        .map(async (name) => {
          const file = path.join(images, name, 'image.json');
          const text = await readFile(file, 'utf8').catch(() => undefined);
          if (text === undefined) return undefined;
          const { functionId, buildKey } = JSON.parse(text) as ProcessImage;
          const { mtimeMs } = await stat(file);
          return { imageId: `sha256:${name}`, functionId, buildKey, builtAtMs: mtimeMs };
        }),
    );
    return found.filter((image) => image !== undefined);
  }

  async function build(request: BuildRequest, run: Parameters<ImageBuilder['build']>[1]): Promise<string> {
    const section = request.manifest.process;
    if (!section)
      throw new PlatformError(
        'invalid',
        `The runtime "${request.manifest.id}" needs a container, and this platform runs functions with the engine "process". Start Docker and set ENGINE=docker, or use a runtime that can run as a process (node, python).`,
        { details: { field: 'runtime', received: request.manifest.id, engine: 'process' } },
      );
    const { contextFolder, labels } = request;
    const staging = path.join(folder, 'staging', newId());
    try {
      const layer = await dependencyLayer({ ...options, ...run, contextFolder, manifest: request.manifest });
      run.signal.throwIfAborted();
      await mkdir(staging, { recursive: true, mode: 0o700 });
      if (layer) await linkTree(layer, staging, { hard: false });
      for (const name of ['source', 'runtime'])
        await cp(path.join(contextFolder, name), path.join(staging, name), {
          recursive: true,
          verbatimSymlinks: true,
        });
      await mkdir(path.join(staging, 'deps'), { recursive: true });
      const image: ProcessImage = {
        functionId: labels[LABELS.functionId] ?? '',
        buildKey: labels[LABELS.build] ?? '',
        command: section.command,
        env: section.env ?? {},
      };
      await writeFile(path.join(staging, 'image.json'), JSON.stringify(image));
      await ownTree(staging, confinement.isRoot);
      const imageId = `sha256:${treeDigest(await readTree(staging, '', new Set()))}`;
      run.signal.throwIfAborted();
      const target = imageFolder(folder, imageId);
      await mkdir(images, { recursive: true, mode: 0o700 });
      // The same content is there already when this fails so.
      await rename(staging, target).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      });
      return imageId;
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }

  return {
    check: async () => undefined,
    describeLimits: () =>
      confinement.prlimit
        ? `each process of a build may use ${formatBytes(options.memoryBytes)} (RLIMIT_DATA)`
        : 'builds have no limit but time: prlimit is not installed',
    find: async ({ functionId, buildKey }) =>
      (await list())
        .filter((image) => image.functionId === functionId && image.buildKey === buildKey)
        .sort((a, b) => b.builtAtMs - a.builtAtMs)[0]?.imageId,
    build,
    list,
    // Instances have copies of their own.
    remove: async (imageId) => {
      const target = imageFolder(folder, imageId);
      if (!(await stat(target).catch(() => undefined))) return 'gone';
      await rm(target, { recursive: true, force: true });
      return 'removed';
    },
  };
}
