import { createHash } from 'node:crypto';
import { readFile, readdir, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import type { TreeEntry } from './tree-digest.ts';

const BY_PRODUCTS: ReadonlySet<string> = new Set(['__pycache__', 'node_modules']);

/** Reads a folder of ours (a runtime's, not a user's) whole, but for folders named in `skipped`. Nothing when it does not exist. */
export async function readTree(
  folder: string,
  below = '',
  skipped: ReadonlySet<string> = BY_PRODUCTS,
): Promise<TreeEntry[]> {
  const names = await readdir(path.join(folder, below), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const entries: TreeEntry[] = [];
  for (const name of names) {
    const relative = path.posix.join(below, name.name);
    const at = path.join(folder, relative);
    if (name.isDirectory()) {
      if (skipped.has(name.name)) continue;
      entries.push({ path: relative, kind: 'folder', executable: false, content: '' });
      entries.push(...(await readTree(folder, relative, skipped)));
    } else if (name.isSymbolicLink()) {
      entries.push({ path: relative, kind: 'link', executable: false, content: await readlink(at) });
    } else if (name.isFile()) {
      const content = createHash('sha256')
        .update(await readFile(at))
        .digest('hex');
      const { mode } = await stat(at);
      entries.push({ path: relative, kind: 'file', executable: (mode & 0o100) !== 0, content });
    }
  }
  return entries;
}
