import { formatBytes } from '@plat/platform-kit/units.ts';

/** How much memory builds may use. */
export type MemoryLimit = {
  /** RLIMIT_DATA of every process of a build step. */
  processBytes: number;
  /** Runs a build under the limits that are not part of the request to the engine. */
  during: <T>(build: () => Promise<T>) => Promise<T>;
  describe: () => Promise<string>;
};

/**
 * The limit that every engine keeps: RLIMIT_DATA (setrlimit(2); heap and private mappings since Linux 4.7) for each process. A
 * step of many processes can use more than that altogether.
 */
export function processMemoryLimit(bytes: number): MemoryLimit {
  return {
    processBytes: bytes,
    during: (build) => build(),
    describe: async () => `each process of a build step may use ${formatBytes(bytes)} (RLIMIT_DATA)`,
  };
}

export async function openMemoryLimit(options: { bytes: number; docker: unknown }): Promise<MemoryLimit> {
  return processMemoryLimit(options.bytes);
}
