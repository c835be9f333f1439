import { statfs } from 'node:fs/promises';
import type { Finding } from './checks.ts';
import { formatBytes } from './units.ts';

const MIB = 1024 ** 2;
/** Below these a build or a database can run into the end of the disk at any time. */
const FAIL_BYTES = 256 * MIB;
const WARN_BYTES = 2048 * MIB;

/** Free space where `folder` is. A folder that this process cannot see (a remote engine's) is skipped. */
export async function checkDisk(folder: string): Promise<Finding> {
  let free: number;
  let total: number;
  try {
    const info = await statfs(folder);
    free = info.bavail * info.bsize;
    total = info.blocks * info.bsize;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      verdict: 'skip',
      evidence: `${folder} cannot be looked at from here (${code ?? 'unknown error'}).`,
    };
  }
  return judgeDisk({ folder, free, total });
}

export function judgeDisk({ folder, free, total }: { folder: string; free: number; total: number }): Finding {
  const evidence = `${folder}: ${formatBytes(free)} of ${formatBytes(total)} are free.`;
  if (free >= WARN_BYTES) return { verdict: 'ok', evidence };
  return {
    verdict: free < FAIL_BYTES ? 'fail' : 'warn',
    evidence,
    remedy: 'plat gc; docker system df shows what else takes space',
  };
}
