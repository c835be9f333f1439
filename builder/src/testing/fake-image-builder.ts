import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { BuildRequest, BuiltImage, ImageBuilder } from '../image-builder.ts';

type BuildOptions = Parameters<ImageBuilder['build']>[1];

/** Keeps "images" in a list. `onBuild` stands for what the engine does meanwhile. */
export class FakeImageBuilder implements ImageBuilder {
  images: BuiltImage[] = [];
  builds: { request: BuildRequest; files: string[] }[] = [];
  inUse = new Set<string>();
  isAway = false;
  running = 0;
  mostRunning = 0;
  onBuild: (request: BuildRequest, options: BuildOptions) => Promise<void> = async () => undefined;

  check = async () => {
    if (this.isAway) throw away();
  };

  describeLimits = () => 'no limits';

  find: ImageBuilder['find'] = async (query) =>
    this.images.find((image) => image.functionId === query.functionId && image.buildKey === query.buildKey)
      ?.imageId;

  build: ImageBuilder['build'] = async (request, options) => {
    if (this.isAway) throw away();
    const names = await readdir(request.contextFolder, { recursive: true });
    this.builds.push({ request, files: names.map((name) => name.split(path.sep).join('/')).sort() });
    this.running++;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      await this.onBuild(request, options);
      options.signal.throwIfAborted();
    } finally {
      this.running--;
    }
    const imageId = `sha256:image-${this.builds.length}`;
    const { [LABELS.functionId]: functionId = '', [LABELS.build]: buildKey = '' } = request.labels;
    this.images.push({ imageId, functionId, buildKey });
    return imageId;
  };

  list = async () => [...this.images];

  /** What a container uses; a removal of one in `inUse` is refused all the same. */
  used = new Set<string>();
  listUsed = async () => this.used;

  remove: ImageBuilder['remove'] = async (imageId) => {
    if (this.inUse.has(imageId)) return 'in_use';
    this.images = this.images.filter((image) => image.imageId !== imageId);
    return 'removed';
  };
}

function away(): PlatformError {
  return new PlatformError('unavailable', 'The Docker engine does not answer.', {
    details: { reason: 'engine_unavailable' },
  });
}

/** What `onBuild` awaits to be a build that never ends by itself. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
