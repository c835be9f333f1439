import { createHash } from 'node:crypto';

/** One thing in a tree of files. `content` is the sha256 (hex) of a file, the target of a link, empty for a folder. */
export type TreeEntry = {
  /** Relative, `/` between segments. */
  path: string;
  kind: 'file' | 'folder' | 'link';
  executable: boolean;
  content: string;
};

/**
 * sha256 (hex) of a tree: the same for the same files, whatever order, times or packer they came from. Folders count only
 * when they are empty, because archives may leave the others out.
 */
export function treeDigest(entries: readonly TreeEntry[]): string {
  const parents = new Set<string>();
  for (const { path } of entries)
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
      parents.add(path.slice(0, at));
  const lines = entries
    .filter((entry) => entry.kind !== 'folder' || !parents.has(entry.path))
    .map((entry) => JSON.stringify([entry.path, entry.kind, entry.executable, entry.content]))
    .sort();
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest('hex');
}
