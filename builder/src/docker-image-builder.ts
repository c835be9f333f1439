import type Docker from 'dockerode';
import { engineAwayError, isEngineAway } from '@plat/platform-kit/docker/connect.ts';
import { LABELS, isManaged } from '@plat/platform-kit/docker/labels.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import type { DiskFloor } from './disk-floor.ts';
import { fetchBaseImages } from './fetch-base-images.ts';
import type { BuildRequest, BuiltImage, ImageBuilder } from './image-builder.ts';
import type { MemoryLimit } from './memory-limit.ts';
import { runDockerBuild } from './run-docker-build.ts';

const CHECK_TIMEOUT_MS = 5000;
const CALL_TIMEOUT_MS = 60_000;
const DEFAULT_FILE_BYTES = 4 * 1024 ** 3;

/** Builds with the engine's own BuildKit; images stay in the engine. */
export function createDockerImageBuilder(options: {
  docker: Docker;
  dockerHost: string | undefined;
  namespace: string;
  memory: MemoryLimit;
  /** Largest file that a process of a build may write; 4 GiB when left out. */
  fileBytes?: number;
  /** Space that builds leave free on the engine's disk; not watched when left out. */
  diskFloor?: DiskFloor;
}): ImageBuilder {
  const { docker, namespace, memory } = options;
  const ours = [`${LABELS.managed}=true`, `${LABELS.namespace}=${namespace}`];

  async function asking<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await call();
    } catch (error) {
      signal?.throwIfAborted();
      throw isEngineAway(error) ? engineAwayError(options.dockerHost, error) : error;
    }
  }

  return {
    check: (signal) =>
      asking(async () => {
        const abortSignal = deadline(CHECK_TIMEOUT_MS, signal);
        // The type declarations do not know the option.
        const engine = docker as unknown as { ping: (options: object) => Promise<unknown> };
        await engine.ping({ abortSignal }).catch((error: unknown) => {
          if (abortSignal.aborted && !signal.aborted) throw engineAwayError(options.dockerHost, error);
          throw error;
        });
      }, signal),
    describeLimits: () => memory.describe(),
    find: ({ functionId, buildKey }, signal) =>
      asking(async () => {
        const label = [...ours, `${LABELS.functionId}=${functionId}`, `${LABELS.build}=${buildKey}`];
        const images = await docker.listImages({ filters: { label }, abortSignal: signal });
        return images.sort((a, b) => b.Created - a.Created)[0]?.Id;
      }, signal),
    build: (request, { onLine, signal }) =>
      asking(async () => {
        await fetchBaseImages(docker, request.baseImages, { onLine, signal });
        const imageId = await memory.during(() =>
          runDockerBuild(docker, withOwner(request, namespace), {
            onLine,
            signal,
            processMemoryBytes: memory.processBytes,
            fileBytes: options.fileBytes ?? DEFAULT_FILE_BYTES,
            diskFloor: options.diskFloor,
          }),
        );
        await refuseWithoutCommand(docker, imageId);
        return imageId;
      }, signal),
    list: (signal) =>
      asking(async () => {
        const abortSignal = deadline(CALL_TIMEOUT_MS, signal);
        const query = { filters: { label: ours }, 'shared-size': true, abortSignal };
        const images = await docker.listImages(query);
        return images.flatMap((image): BuiltImage[] => {
          const functionId = image.Labels?.[LABELS.functionId];
          const buildKey = image.Labels?.[LABELS.build];
          const tags = image.RepoTags ?? [];
          // Somebody keeps it under a name of their own; it is theirs now.
          if (tags.length > 0 && !tags.some((tag) => isOurTag(tag, namespace))) return [];
          if (!functionId || !buildKey) return [];
          const bytes = image.Size - Math.max(0, image.SharedSize);
          return [{ imageId: image.Id, functionId, buildKey, name: tags[0] ?? image.Id, bytes }];
        });
      }, signal),
    listUsed: (signal) =>
      asking(async () => {
        const abortSignal = deadline(CALL_TIMEOUT_MS, signal);
        const containers = await docker.listContainers({ all: true, abortSignal });
        return new Set(containers.map((container) => container.ImageID));
      }, signal),
    remove: (imageId, signal) =>
      asking(() => removeImage(docker, namespace, imageId, deadline(CALL_TIMEOUT_MS, signal)), signal),
  };
}

function withOwner(request: BuildRequest, namespace: string): BuildRequest {
  const labels = { ...request.labels, [LABELS.managed]: 'true', [LABELS.namespace]: namespace };
  return { ...request, labels };
}

/** Throws `invalid` for an image that no container can be started of. */
async function refuseWithoutCommand(docker: Docker, imageId: string): Promise<void> {
  const image = docker.getImage(imageId);
  const { Config } = await image.inspect();
  const words = [Config.Entrypoint ?? [], Config.Cmd ?? []].flat();
  if (words.length > 0) return;
  await image.remove({ force: true }).catch(() => undefined);
  throw new PlatformError(
    'invalid',
    'The image says nothing to run: its Dockerfile has neither CMD nor ENTRYPOINT. Add one that starts a server on $PORT.',
  );
}

/** A name this installation gives to images, here or in a registry. */
function isOurTag(tag: string, namespace: string): boolean {
  return tag.startsWith(`${namespace}/`) || tag.includes(`/${namespace}/`);
}

async function removeImage(
  docker: Docker,
  namespace: string,
  imageId: string,
  abortSignal: AbortSignal,
): Promise<'removed' | 'gone' | 'in_use'> {
  try {
    const info = await docker.getImage(imageId).inspect();
    if (!isManaged(info.Config.Labels, namespace)) return 'gone';
    // By its names, because the engine refuses an id that has several; the image goes with the last of them.
    const names =
      info.RepoTags.length > 0 ? info.RepoTags.filter((tag) => isOurTag(tag, namespace)) : [imageId];
    for (const name of names) await docker.getImage(name).remove({ abortSignal });
    return 'removed';
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode === 404) return 'gone';
    if (statusCode === 409) return 'in_use';
    throw error;
  }
}
