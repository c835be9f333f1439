import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { isEngineAway } from '@plat/platform-kit/docker/connect.ts';
import { explainRegistry } from '@plat/platform-kit/docker/explain-registry.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { IMAGE_MISSING } from '../instance-host.ts';

/** Pulls an image by its digest. Throws `unavailable` when the registry does not have it or does not answer. */
export async function pullImage(
  docker: Docker,
  imageRef: string,
  options: { auth: { username: string; password: string } | undefined; signal: AbortSignal },
): Promise<void> {
  try {
    const authconfig = options.auth && { ...options.auth, serveraddress: imageRef.split('/')[0]! };
    const stream = (await docker.pull(imageRef, { authconfig, abortSignal: options.signal })) as Readable;
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    for (const line of text.split('\n')) {
      const { error } = (line.trim() ? JSON.parse(line) : {}) as { error?: string };
      if (error !== undefined) throw new Error(error);
    }
  } catch (cause) {
    options.signal.throwIfAborted();
    if (isEngineAway(cause)) throw cause;
    const problem = (cause as Error).message.trim();
    throw new PlatformError(
      'unavailable',
      `The image is no longer on the engine, and it cannot be pulled from the registry (${problem}). ${explainRegistry(problem, imageRef.split('/')[0]!)} It is tried again; or deploy the function again.`,
      { cause, details: { reason: IMAGE_MISSING } },
    );
  }
}
