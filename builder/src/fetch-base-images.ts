import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { isEngineAway } from '@plat/platform-kit/docker/connect.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { readEngineMessages } from './engine-messages.ts';

/**
 * Pulls the base images the engine does not have. BuildKit would do it too, but only with a session of its own protocol,
 * and it says less about what it waits for. Throws `unavailable` when one cannot be had.
 */
export async function fetchBaseImages(
  docker: Docker,
  images: readonly string[],
  options: { onLine: (phase: string, text: string) => void; signal: AbortSignal },
): Promise<void> {
  for (const image of images) {
    if (await hasImage(docker, image)) continue;
    options.onLine('base', `Pulling ${image}: the engine does not have it yet.`);
    try {
      await pullImage(docker, image, options.signal);
    } catch (cause) {
      options.signal.throwIfAborted();
      if (isEngineAway(cause)) throw cause;
      throw new PlatformError(
        'unavailable',
        `The base image ${image} cannot be pulled: ${(cause as Error).message.trim()}. Pull or load it into the engine by hand (docker pull, docker load) and deploy again.`,
        { cause },
      );
    }
    options.onLine('base', `Pulled ${image}.`);
  }
}

async function hasImage(docker: Docker, image: string): Promise<boolean> {
  try {
    await docker.getImage(image).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

async function pullImage(docker: Docker, image: string, signal: AbortSignal): Promise<void> {
  const stream = (await docker.pull(image, { abortSignal: signal })) as Readable;
  let failure: string | undefined;
  for await (const { error } of readEngineMessages(stream)) failure ??= error;
  if (failure !== undefined) throw new Error(failure);
}
