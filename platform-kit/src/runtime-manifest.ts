import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { PlatformError } from './errors.ts';
import { parseInput } from './parse.ts';

/** `runtimes/<id>/runtime.json`: all that the services know of a runtime. `docs/runtime-contract.md` explains each field. */
export const RuntimeManifest = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  title: z.string(),
  contract: z.enum(['handler', 'http', 'script']),
  defaults: z.strictObject({
    handler: z.string().optional(),
    memoryMb: z.int(),
    concurrency: z.int(),
    timeoutSeconds: z.number(),
  }),
  /** Files at the source's root that decide the dependency layer; only these are in `deps/` of the build context. */
  dependencyFiles: z.array(z.string()),
  /**
   * Where a handler may stand: `{module}` is the part of it before the last dot, `{handler}` all of it. Empty when a
   * function of this runtime names none.
   */
  handlerFiles: z.array(z.string()),
  /** Files the source must have at its root. */
  requiredFiles: z.array(z.string()).optional(),
  baseImages: z.array(z.string()),
  /** Id of the runtime beside this one whose `server/` comes along, below this one's own. */
  extends: z.string().optional(),
  /** `runtime`: the folder that docs/runtime-contract.md describes. `source`: the source itself, with its own Dockerfile. */
  buildContext: z.enum(['runtime', 'source']).optional(),
});
export type RuntimeManifest = z.output<typeof RuntimeManifest>;

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

/** The files in which the handler `path/module.export` may stand, in the order they are looked for. */
export function handlerCandidates(manifest: RuntimeManifest, handler: string): string[] {
  const module = handler.slice(0, handler.lastIndexOf('.'));
  return manifest.handlerFiles.map((pattern) =>
    pattern.replace('{module}', module).replace('{handler}', handler),
  );
}

/** Whether a function of this runtime says what to call. */
export function takesHandler({ contract, handlerFiles }: RuntimeManifest): boolean {
  return contract === 'handler' || handlerFiles.length > 0;
}

/** The folders whose files, laid over each other in this order, are the server inside an image; each may be missing. */
export function serverFolders({ manifest, folder }: Runtime): string[] {
  const own = path.join(folder, 'server');
  return manifest.extends === undefined ? [own] : [path.join(folder, '..', manifest.extends, 'server'), own];
}
