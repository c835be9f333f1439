import path from 'node:path';
import { formatBytes } from '@plat/platform-kit/units.ts';
import { archiveError } from './archive-error.ts';
import { checkEntryName } from './check-entry-name.ts';
import type { SourceLimits } from './source-limits.ts';

/** An entry as the central directory declares it; nothing of it is to be believed yet. */
export type DeclaredEntry = {
  /** As decoded; a folder's ends in `/`. */
  name: string;
  /** Unix mode (upper half of the external attributes), 0 when the archive has none. */
  mode: number;
  compressionMethod: number;
  encrypted: boolean;
  expandedBytes: number;
};

export type ArchiveEntry = {
  /** Relative, `/` between segments, no trailing slash. */
  path: string;
  kind: 'file' | 'folder' | 'link';
  executable: boolean;
  expandedBytes: number;
};

const TYPE_MASK = 0o170000;
const TYPES: Record<number, ArchiveEntry['kind']> = {
  0o100000: 'file',
  0o040000: 'folder',
  0o120000: 'link',
};
const LINK_TARGET_LIMIT_BYTES = 4096;
/** Below this an archive is harmless whatever its ratio: a file of zeros deflates to a thousandth. */
const RATIO_FLOOR_BYTES = 8 * 1024 ** 2;

/**
 * Judges the entries of one archive, in order. Throws `invalid` at the first that must not be unpacked. What it accepts
 * can be written below any folder of any file system, in any order, and stays below it.
 */
export class ArchiveInspector {
  readonly #limits: SourceLimits;
  readonly #archiveBytes: number;
  /** By folded path: every path taken so far, parents included. */
  readonly #taken = new Map<string, { path: string; kind: ArchiveEntry['kind']; declared: boolean }>();
  #entries = 0;
  #files = 0;
  #expandedBytes = 0;

  constructor(limits: SourceLimits, archiveBytes: number) {
    this.#limits = limits;
    this.#archiveBytes = archiveBytes;
  }

  /** The number of entries the archive says it has, before any is read. */
  expectEntries(count: number): void {
    if (count > this.#limits.entries)
      throw archiveError('too_many_entries', null, { hint: `${count}; at most ${this.#limits.entries}` });
  }

  add(declared: DeclaredEntry): ArchiveEntry {
    this.expectEntries(++this.#entries);
    const { name } = declared;
    const isFolder = name.endsWith('/');
    const entryPath = isFolder ? name.slice(0, -1) : name;
    checkEntryName(entryPath, this.#limits.depth);
    if (declared.encrypted) throw archiveError('encrypted', name);
    if (declared.compressionMethod !== 0 && declared.compressionMethod !== 8)
      throw archiveError('unsupported_method', name, { hint: `method ${declared.compressionMethod}` });
    const kind = kindOf(declared, isFolder);
    if (kind === 'link' && declared.expandedBytes > LINK_TARGET_LIMIT_BYTES)
      throw archiveError('name_too_long', name);
    this.#count(declared.expandedBytes, name);
    this.#take(entryPath, kind);
    if (kind !== 'folder') this.#files++;
    return {
      path: entryPath,
      kind,
      executable: kind === 'file' && (declared.mode & 0o111) !== 0,
      expandedBytes: declared.expandedBytes,
    };
  }

  /**
   * A link may lead to anything inside. `..` is allowed at the start of a target only: from there on it could go through
   * another link, and where that ends cannot be told from the text.
   */
  checkLink(entry: ArchiveEntry, target: string): void {
    const segments = target.split('/');
    const ups = segments.findIndex((segment) => segment !== '..');
    const down = ups < 0 ? [] : segments.slice(ups);
    const joined = path.posix.join(path.posix.dirname(entry.path), target);
    if (
      target === '' ||
      target.startsWith('/') ||
      /[\0\\]/.test(target) ||
      down.includes('..') ||
      joined === '..' ||
      joined.startsWith('../')
    )
      throw archiveError('link_leaves', entry.path, { hint: `it points to ${JSON.stringify(target)}` });
  }

  /** After the last entry. */
  finish(): { entries: number; expandedBytes: number } {
    if (this.#files === 0) throw archiveError('empty');
    return { entries: this.#entries, expandedBytes: this.#expandedBytes };
  }

  #count(bytes: number, name: string): void {
    this.#expandedBytes += bytes;
    if (this.#expandedBytes > this.#limits.expandedBytes)
      throw archiveError('too_large_expanded', name, {
        hint: `more than ${formatBytes(this.#limits.expandedBytes)}`,
      });
    if (
      this.#expandedBytes > RATIO_FLOOR_BYTES &&
      this.#expandedBytes > this.#archiveBytes * this.#limits.ratio
    )
      throw archiveError('ratio', name, {
        hint: `more than ${this.#limits.ratio} times the archive's own size`,
      });
  }

  #take(entryPath: string, kind: ArchiveEntry['kind']): void {
    for (let at = entryPath.indexOf('/'); at >= 0; at = entryPath.indexOf('/', at + 1))
      this.#takeOne(entryPath.slice(0, at), 'folder', false, entryPath);
    this.#takeOne(entryPath, kind, true, entryPath);
  }

  #takeOne(taken: string, kind: ArchiveEntry['kind'], declared: boolean, entry: string): void {
    const key = taken.normalize('NFC').toLowerCase();
    const before = this.#taken.get(key);
    if (!before) {
      this.#taken.set(key, { path: taken, kind, declared });
      return;
    }
    if (before.path !== taken) throw archiveError('collision', entry, { hint: JSON.stringify(before.path) });
    if (before.kind !== kind && (before.kind === 'folder' || kind === 'folder'))
      throw archiveError('file_and_folder', entry);
    if (declared && before.declared) throw archiveError('duplicate', entry);
    before.declared ||= declared;
  }
}

function kindOf(declared: DeclaredEntry, isFolder: boolean): ArchiveEntry['kind'] {
  const type = declared.mode & TYPE_MASK;
  const kind = type === 0 ? (isFolder ? 'folder' : 'file') : TYPES[type];
  if (!kind) throw archiveError('special_file', declared.name);
  if ((kind === 'folder') !== isFolder) throw archiveError('kind_mismatch', declared.name);
  if (kind === 'folder' && declared.expandedBytes > 0) throw archiveError('kind_mismatch', declared.name);
  return kind;
}
