import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
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
  /** Where a handler may stand, with `{module}` for the part before the last dot; empty when there is no handler. */
  handlerFiles: z.array(z.string()),
  baseImages: z.array(z.string()),
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
  return runtimes.sort((a, b) => a.manifest.id.localeCompare(b.manifest.id));
}

/** The files in which the handler `path/module.export` may stand, in the order they are looked for. */
export function handlerCandidates(manifest: RuntimeManifest, handler: string): string[] {
  const module = handler.slice(0, handler.lastIndexOf('.'));
  return manifest.handlerFiles.map((pattern) => pattern.replace('{module}', module));
}
