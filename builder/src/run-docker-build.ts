import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { BuildProgress } from './build-progress.ts';
import { createTraceDecoder } from './buildkit-trace.ts';
import { aboveDiskFloor, type DiskFloor } from './disk-floor.ts';
import { readEngineMessages } from './engine-messages.ts';
import { BuildStepError, type BuildRequest } from './image-builder.ts';
import { packFolder } from './pack-folder.ts';

/**
 * One build by BuildKit over the engine's `POST /build`. The engine stops the build when the connection is closed, so an
 * abort of `signal` is all it takes.
 */
export async function runDockerBuild(
  docker: Docker,
  request: BuildRequest,
  options: {
    onLine: (phase: string, text: string) => void;
    signal: AbortSignal;
    processMemoryBytes: number;
    /** Largest file that a process of the build may write. */
    fileBytes: number;
    /** Space that the build has to leave free; undefined: nobody watches it. */
    diskFloor: DiskFloor | undefined;
  },
): Promise<string> {
  const context = packFolder(request.contextFolder);
  const progress = new BuildProgress(options.onLine);
  const decode = createTraceDecoder();
  let imageId: string | undefined;
  let failure: string | undefined;
  try {
    const watched = { signal: options.signal, runningSteps: () => progress.runningSteps() };
    await aboveDiskFloor(options.diskFloor, watched, async (signal) => {
      const stream = await docker.buildImage(context, buildOptions(request, { ...options, signal }));
      for await (const message of readEngineMessages(stream as Readable)) {
        if (message.id === 'moby.buildkit.trace' && typeof message.aux === 'string')
          progress.add(decode(message.aux));
        else if (message.id === 'moby.image.id' && typeof message.aux === 'object') imageId = message.aux.ID;
        else if (message.error !== undefined) failure = message.errorDetail?.message ?? message.error;
      }
      signal.throwIfAborted();
    });
  } finally {
    context.destroy();
  }
  if (failure !== undefined) {
    const step = progress.failedStep();
    throw new BuildStepError(step ?? { name: 'build', error: failure, tail: [] });
  }
  if (imageId === undefined)
    throw new PlatformError(
      'internal',
      'The Docker engine ended the build without an image and without an error.',
    );
  return imageId;
}

type BuildOptions = Docker.ImageBuildOptions & { ulimits: string };

function buildOptions(
  request: BuildRequest,
  options: { signal: AbortSignal; processMemoryBytes: number; fileBytes: number },
): BuildOptions {
  const ulimits = [
    { Name: 'data', Soft: options.processMemoryBytes, Hard: options.processMemoryBytes },
    { Name: 'fsize', Soft: options.fileBytes, Hard: options.fileBytes },
  ];
  return {
    // As a number: for the text "2" dockerode opens a session that it ends only when the build is not aborted.
    version: 2 as unknown as '2',
    t: request.tag,
    labels: request.labels,
    rm: true,
    forcerm: true,
    abortSignal: options.signal,
    ulimits: JSON.stringify(ulimits),
  };
}
