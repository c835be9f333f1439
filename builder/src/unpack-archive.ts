import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { archiveError } from './archive-error.ts';
import type { SourceLimits } from './source-limits.ts';
import type { TreeEntry } from './tree-digest.ts';
import { walkArchive, type WalkedEntry } from './walk-archive.ts';

/**
 * Unpacks an archive into a new folder and says what came out. Sizes and checksums are held against what the archive
 * declares while it inflates: `invalid` as soon as they differ. Links are made last, so that nothing is ever written
 * through one.
 */
export async function unpackArchive(
  file: string,
  folder: string,
  options: { limits: SourceLimits; signal: AbortSignal },
): Promise<TreeEntry[]> {
  await mkdir(folder, { recursive: true });
  const tree: TreeEntry[] = [];
  const made = new Set<string>();
  const links: { path: string; target: string }[] = [];
  const makeFolder = async (at: string) => {
    if (made.has(at)) return;
    await mkdir(at, { recursive: true, mode: 0o755 });
    made.add(at);
  };
  for await (const entry of walkArchive(file, options.limits)) {
    options.signal.throwIfAborted();
    const at = path.join(folder, entry.path);
    await makeFolder(entry.kind === 'folder' ? at : path.dirname(at));
    if (entry.kind === 'folder') {
      tree.push({ path: entry.path, kind: 'folder', executable: false, content: '' });
    } else if (entry.target !== null) {
      links.push({ path: at, target: entry.target });
      tree.push({ path: entry.path, kind: 'link', executable: false, content: entry.target });
    } else {
      const content = await writeEntry(entry, at, options.signal);
      tree.push({ path: entry.path, kind: 'file', executable: entry.executable, content });
    }
  }
  for (const link of links) await symlink(link.target, link.path);
  return tree;
}

/** Returns the sha256 of what was written. */
async function writeEntry(entry: WalkedEntry, at: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  let checksum = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > entry.expandedBytes) return done(new Error('larger than declared'));
      hash.update(chunk);
      checksum = crc32(chunk, checksum);
      done(null, chunk);
    },
  });
  try {
    const target = createWriteStream(at, { flags: 'wx', mode: entry.executable ? 0o755 : 0o644 });
    await pipeline(await entry.open(), measure, target, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    const { code } = cause as { code?: string };
    if (code === 'ENOSPC' || code === 'EACCES' || code === 'EMFILE' || code === 'EROFS') throw cause;
    throw archiveError('corrupt', entry.path, { cause });
  }
  if (bytes !== entry.expandedBytes || checksum !== entry.crc32) throw archiveError('corrupt', entry.path);
  return hash.digest('hex');
}
