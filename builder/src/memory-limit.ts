import { formatBytes } from '@plat/platform-kit/units.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { findStepGroups, limitSteps } from './step-groups.ts';

/** How much memory builds may use, and by what this is kept. */
export type MemoryLimit = {
  /** RLIMIT_DATA of every process of a build step. */
  processBytes: number;
  /** Whether a step as a whole is limited too. */
  isPerStep: boolean;
  /** Runs a build under what is not part of the request to the engine. */
  during: <T>(build: () => Promise<T>) => Promise<T>;
  /** One sentence for the log. */
  describe: () => string;
};

/**
 * Picks what can be kept here. BuildKit in the engine (looked at: 26.1) ignores `memory` and `cgroupparent` of `POST /build`.
 * What works with every engine is RLIMIT_DATA (setrlimit(2): heap and private mappings), per process. Where this process may
 * write to the cgroups of the engine's build steps, each step is limited there as well.
 */
export async function openMemoryLimit(options: {
  bytes: number;
  dockerHost: string | undefined;
  logger: Logger;
}): Promise<MemoryLimit> {
  const { bytes, dockerHost, logger } = options;
  const isLocal = dockerHost === undefined || dockerHost.startsWith('unix:');
  const groups = isLocal ? await findStepGroups() : undefined;
  const size = formatBytes(bytes);
  if (!groups)
    return {
      processBytes: bytes,
      isPerStep: false,
      during: (build) => build(),
      describe: () =>
        `each process of a build step may use ${size} (RLIMIT_DATA); a step of many processes may use more`,
    };
  return {
    processBytes: bytes,
    isPerStep: true,
    during: (build) => limitSteps(groups, { bytes, logger }, build),
    describe: () =>
      `each process of a build step may use ${size} (RLIMIT_DATA), and so may each step as a whole (cgroups below ${groups.folder})`,
  };
}
