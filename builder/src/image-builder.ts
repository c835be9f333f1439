import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';
import type { FailedStep } from './build-progress.ts';

/** A build to do. The context folder holds a `Dockerfile` and is left as it is. */
export type BuildRequest = {
  contextFolder: string;
  tag: string;
  labels: Record<string, string>;
  /** Images the Dockerfile starts from; fetched first when the engine does not have them. */
  baseImages: readonly string[];
  manifest: RuntimeManifest;
};

/** An image of this installation. `bytes`: what removing it sets free, as far as that is known. */
export type BuiltImage = {
  imageId: string;
  functionId: string;
  buildKey: string;
  name?: string;
  bytes?: number | null;
};

/**
 * Makes images. Errors: BuildStepError when a step of the build failed; `unavailable` with the reason `engine_unavailable`
 * when there is no engine to ask; other PlatformErrors say what they say.
 */
export type ImageBuilder = {
  /** Throws `unavailable` when the engine does not answer. */
  check: (signal: AbortSignal) => Promise<void>;
  /** One sentence for the log: how builds are limited on this engine, and by what. */
  describeLimits: () => string;
  /** The id (`sha256:…`) of the image of this function with this key, or undefined. */
  find: (query: { functionId: string; buildKey: string }, signal: AbortSignal) => Promise<string | undefined>;
  /**
   * Builds and returns the image's id. When `signal` aborts, the engine is told to stop the build, and no image comes of
   * it.
   */
  build: (
    request: BuildRequest,
    options: { onLine: (phase: string, text: string) => void; signal: AbortSignal },
  ) => Promise<string>;
  list: (signal: AbortSignal) => Promise<BuiltImage[]>;
  /** The ids of images that containers were made of, running or not. */
  listUsed?: (signal: AbortSignal) => Promise<Set<string>>;
  /** Removes an image of this installation; `in_use` while a container still needs it. */
  remove: (imageId: string, signal: AbortSignal) => Promise<'removed' | 'gone' | 'in_use'>;
};

/** A step of the build failed. */
export class BuildStepError extends Error {
  override name = 'BuildStepError';
  readonly step: FailedStep;

  constructor(step: FailedStep) {
    super(`${step.name}: ${step.error}`);
    this.step = step;
  }
}
