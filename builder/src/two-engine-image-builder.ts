import { readPhase } from '@plat/platform-kit/engine-phase.ts';
import { isProcessImage } from '@plat/platform-kit/process/process-state.ts';
import type { ImageBuilder } from './image-builder.ts';

/**
 * Builds for the engine that functions are to run on: folders while the function-controller's phase is `process`, images
 * from `moving` on. Folders are kept until the move is over: it may have to be taken back. `folder` is PROCESS_DIR.
 */
export function createTwoEngineImageBuilder(
  folder: string,
  folders: ImageBuilder,
  images: ImageBuilder,
): ImageBuilder {
  const target = () => (readPhase(folder) === 'process' ? folders : images);
  return {
    check: (signal) => target().check(signal),
    describeLimits: () => target().describeLimits(),
    find: (query, signal) => target().find(query, signal),
    build: (request, options) => target().build(request, options),
    list: async (signal) => [
      ...(await folders.list(signal)),
      ...(readPhase(folder) === 'process' ? [] : await images.list(signal)),
    ],
    listUsed: async (signal) => {
      const phase = readPhase(folder);
      if (phase === 'process') return new Set();
      const used = new Set(await images.listUsed?.(signal));
      if (phase === 'moving') for (const { imageId } of await folders.list(signal)) used.add(imageId);
      return used;
    },
    remove: (imageId, signal) => (isProcessImage(folder, imageId) ? folders : images).remove(imageId, signal),
  };
}
