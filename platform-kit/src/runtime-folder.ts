import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { PlatformError } from './errors.ts';
import { parseInput } from './parse.ts';
import { RuntimeManifest } from './runtime-manifest.ts';

/** A runtime as it is on disk: what its manifest says, and the folder it is in. */
export type Runtime = { manifest: RuntimeManifest; folder: string };

/** Reads every `<folder>/<id>/runtime.json`, sorted by id. Throws `invalid` when one of them is wrong. */
export async function loadRuntimes(folder: string): Promise<Runtime[]> {
  const runtimes: Runtime[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const file = path.join(folder, entry.name, 'runtime.json');
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error;
    });
    if (text === undefined) continue;
    runtimes.push({
      manifest: parseInput(RuntimeManifest, JSON.parse(text), file),
      folder: path.join(folder, entry.name),
    });
  }
  for (const { manifest } of runtimes) {
    if (manifest.extends === undefined || runtimes.some((other) => other.manifest.id === manifest.extends))
      continue;
    throw new PlatformError(
      'invalid',
      `runtimes/${manifest.id}: there is no runtime "${manifest.extends}" to extend.`,
    );
  }
  return runtimes.sort((a, b) => a.manifest.id.localeCompare(b.manifest.id));
}

/** The folders whose files, laid over each other in this order, are the server inside an image; each may be missing. */
export function serverFolders({ manifest, folder }: Runtime): string[] {
  const own = path.join(folder, 'server');
  return manifest.extends === undefined ? [own] : [path.join(folder, '..', manifest.extends, 'server'), own];
}
