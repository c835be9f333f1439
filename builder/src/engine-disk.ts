import { statfs } from 'node:fs/promises';
import type Docker from 'dockerode';
import { deadline } from '@plat/platform-kit/waiting.ts';
import type { DiskFloor, DiskSpace } from './disk-floor.ts';

const INFO_MS = 5000;

/**
 * Watches the engine's data root. A builder in a container does not see that folder, but its own root lies there: overlayfs
 * answers statfs(2) for its upper layer. The disk of an engine on another machine cannot be seen: undefined.
 */
export function engineDiskFloor(options: {
  docker: Docker;
  dockerHost: string | undefined;
  minFreeBytes: number;
}): DiskFloor | undefined {
  const { docker, dockerHost, minFreeBytes } = options;
  const isLocal = dockerHost === undefined || dockerHost.startsWith('unix:');
  if (!isLocal || minFreeBytes === 0) return undefined;
  let root: string | undefined;
  return {
    minFreeBytes,
    read: async () => {
      root ??= await dataRoot(docker);
      return (root === undefined ? undefined : await spaceOf(root)) ?? (await spaceOf('/'));
    },
  };
}

async function dataRoot(docker: Docker): Promise<string | undefined> {
  // The type declarations do not know the option.
  const engine = docker as unknown as { info: (options: object) => Promise<{ DockerRootDir?: string }> };
  const info = await engine.info({ abortSignal: deadline(INFO_MS) }).catch(() => undefined);
  return info?.DockerRootDir;
}

async function spaceOf(folder: string): Promise<DiskSpace | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return { folder, freeBytes: bavail * bsize };
  } catch {
    return undefined;
  }
}
