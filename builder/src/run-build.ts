import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import type { Runtime } from '@plat/platform-kit/runtime-folder.ts';
import { formatDuration } from '@plat/platform-kit/units.ts';
import type { BlobStore } from './blob-store.ts';
import { completeContext, readRuntimeFiles } from './build-context.ts';
import { buildKey } from './build-key.ts';
import type { BuildLogWriter } from './build-log-writer.ts';
import type { BuildSettings } from './build-settings.ts';
import { checkFiles, findManifest } from './check-source.ts';
import type { ImageBuilder } from './image-builder.ts';
import type { ImageRegistry } from './image-registry.ts';
import type { SourceLimits } from './source-limits.ts';
import { unpackArchive } from './unpack-archive.ts';

export type BuildDeps = {
  blobs: BlobStore;
  images: ImageBuilder;
  /** Where images are pushed to; undefined when they stay in the engine. */
  registry?: ImageRegistry;
  runtimes: readonly Runtime[];
  settings: BuildSettings;
  /** Takes secrets out of a text. */
  redact: (text: string) => string;
  limits: SourceLimits;
  namespace: string;
  /** Where build contexts are assembled; belongs to this process alone. */
  stagingFolder: string;
};

export type BuildOutcome = { imageId: string; imageReused: boolean; imageRef?: string };

/** From a version's source to its image. Leaves no file behind, whatever happens. */
export async function runBuild(
  version: VersionRecord,
  deps: BuildDeps,
  options: { log: BuildLogWriter; signal: AbortSignal },
): Promise<BuildOutcome> {
  const { log, signal } = options;
  const startedAt = performance.now();
  const manifest = findManifest(
    version.config.runtime,
    deps.runtimes.map((runtime) => runtime.manifest),
  );
  const runtime = deps.runtimes.find((candidate) => candidate.manifest === manifest)!;
  await mkdir(deps.stagingFolder, { recursive: true });
  const folder = await mkdtemp(path.join(deps.stagingFolder, 'build-'));
  try {
    log.note('source', `Unpacking ${version.sourceDigest.slice(0, 19)}…`);
    const source = await deps.blobs.withFile(version.sourceDigest, (file) =>
      unpackArchive(file, path.join(folder, 'source'), { limits: deps.limits, signal }),
    );
    const paths = source.filter(({ kind }) => kind !== 'folder').map((entry) => entry.path);
    checkFiles(version.config.handler, manifest, new Set(paths));
    const key = buildKey({
      source,
      runtime: { id: manifest.id, files: await readRuntimeFiles(runtime) },
      settings: deps.settings,
    });
    const push = async (imageId: string) => {
      if (!deps.registry) return {};
      log.note('push', `Pushing the image to ${deps.registry.host}.`);
      const tag = key.slice(0, 12);
      return { imageRef: await deps.registry.push({ imageId, functionId: version.functionId, tag }, signal) };
    };
    const found = await deps.images.find({ functionId: version.functionId, buildKey: key }, signal);
    if (found !== undefined) {
      log.note(
        'image',
        `Nothing that goes into the image has changed; image ${shortId(found)} is used again.`,
      );
      return { imageId: found, imageReused: true, ...(await push(found)) };
    }
    const contextFolder = await completeContext(folder, { runtime, settings: deps.settings });
    const imageId = await deps.images.build(
      {
        contextFolder,
        tag: `${deps.namespace}/${version.project}-${version.function}:${key.slice(0, 12)}`,
        labels: imageLabels(version, deps.namespace, key),
        baseImages: manifest.baseImages,
        manifest,
      },
      { onLine: (phase, text) => log.line(phase, text), signal },
    );
    log.note(
      'image',
      `Image ${shortId(imageId)} is built, in ${formatDuration(performance.now() - startedAt)}.`,
    );
    return { imageId, imageReused: false, ...(await push(imageId)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function imageLabels(version: VersionRecord, namespace: string, key: string): Record<string, string> {
  return {
    [LABELS.managed]: 'true',
    [LABELS.namespace]: namespace,
    [LABELS.functionId]: version.functionId,
    [LABELS.project]: version.project,
    [LABELS.function]: version.function,
    [LABELS.version]: String(version.number),
    [LABELS.build]: key,
  };
}

function shortId(imageId: string): string {
  return imageId.replace('sha256:', '').slice(0, 12);
}
