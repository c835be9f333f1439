import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Garbage } from '@plat/platform-kit/garbage.ts';

/** What builds and uploads that ended long ago left in the staging folder. Each takes a folder or a file of its own. */
export async function findLeftovers(folder: string, changedBeforeMs: number): Promise<Garbage[]> {
  const found: Garbage[] = [];
  for (const name of await readdir(folder).catch(() => [] as string[])) {
    const id = path.join(folder, name);
    const info = await lstat(id).catch(() => undefined);
    if (!info || info.mtimeMs >= changedBeforeMs) continue;
    found.push({
      kind: 'folder',
      id,
      name,
      bytes: await bytesOf(id),
      why: 'left by a build or an upload that is over',
    });
  }
  return found;
}

export async function removeLeftover(file: string): Promise<'removed'> {
  await rm(file, { recursive: true, force: true });
  return 'removed';
}

async function bytesOf(file: string): Promise<number> {
  const info = await lstat(file).catch(() => undefined);
  if (!info) return 0;
  if (!info.isDirectory()) return info.size;
  const names = await readdir(file).catch(() => [] as string[]);
  let sum = 0;
  for (const name of names) sum += await bytesOf(path.join(file, name));
  return sum;
}
