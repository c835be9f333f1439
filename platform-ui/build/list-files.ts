import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const COMPRESSIBLE = /\.(js|css|svg|json|ttf)$/;

/**
 * Writes `files.json`: every file the gateway may send, by its path, with its size. Text lies beside it compressed, as
 * `<file>.gz`. The page itself is not in it: the gateway fills in a nonce with every answer.
 */
export function listFiles(): Plugin {
  return {
    name: 'plat:list-files',
    apply: 'build',
    async writeBundle({ dir }, bundle) {
      const files: Record<string, { bytes: number; gzipBytes: number | null }> = {};
      for (const name of Object.keys(bundle).sort()) {
        if (name.endsWith('.html')) continue;
        const content = await readFile(path.join(dir!, name));
        const zipped = COMPRESSIBLE.test(name) ? gzipSync(content, { level: 9 }) : undefined;
        if (zipped) await writeFile(path.join(dir!, `${name}.gz`), zipped);
        files[name] = { bytes: content.length, gzipBytes: zipped?.length ?? null };
      }
      await writeFile(path.join(dir!, 'files.json'), `${JSON.stringify({ files }, null, 1)}\n`);
    },
  };
}
