import { describe, expect, it } from 'vitest';
import type { ArchiveReason } from './archive-error.ts';
import { ArchiveInspector, type DeclaredEntry } from './archive-inspector.ts';
import type { SourceLimits } from './source-limits.ts';

const MIB = 1024 ** 2;
const LIMITS: SourceLimits = { archiveBytes: MIB, expandedBytes: 64 * MIB, entries: 5, depth: 4, ratio: 10 };

function inspect(entries: (string | Partial<DeclaredEntry>)[], archiveBytes = MIB) {
  const inspector = new ArchiveInspector(LIMITS, archiveBytes);
  const taken = entries.map((entry) =>
    inspector.add({
      name: 'a',
      mode: 0o100644,
      compressionMethod: 8,
      encrypted: false,
      expandedBytes: 1,
      ...(typeof entry === 'string' ? { name: entry } : entry),
    }),
  );
  return { ...inspector.finish(), taken };
}

function refused(reason: ArchiveReason, entry?: string) {
  const details = entry === undefined ? { reason } : { reason, entry };
  return expect.objectContaining({ code: 'invalid', details: expect.objectContaining(details) }) as Error;
}

describe('ArchiveInspector takes', () => {
  it('files, folders and executables', () => {
    const folder = { name: 'bin/', mode: 0o040755, expandedBytes: 0 };
    const { taken, entries } = inspect([folder, { name: 'bin/run', mode: 0o100755 }, 'index.js']);
    expect(entries).toBe(3);
    expect(taken.map(({ path, kind, executable }) => [path, kind, executable])).toEqual([
      ['bin', 'folder', false],
      ['bin/run', 'file', true],
      ['index.js', 'file', false],
    ]);
  });

  it('entries without a Unix mode', () => {
    expect(
      inspect([
        { name: 'a/', mode: 0, expandedBytes: 0 },
        { name: 'a/b', mode: 0 },
      ]).entries,
    ).toBe(2);
  });

  it('a folder that is named after its files', () => {
    expect(inspect(['a/b', { name: 'a/', mode: 0o040755, expandedBytes: 0 }]).entries).toBe(2);
  });

  it('names in any script, and dots that are no segments', () => {
    expect(inspect(['grüße.js', '函数.js', '..a', 'a..b', '.env']).entries).toBe(5);
  });

  it('a small archive whatever its ratio', () => {
    expect(inspect([{ name: 'zeros', expandedBytes: 8 * MIB }], 100).expandedBytes).toBe(8 * MIB);
  });
});

describe('ArchiveInspector refuses', () => {
  it.each<[string, ArchiveReason]>([
    ['/etc/passwd', 'absolute_path'],
    ['//server/share', 'absolute_path'],
    ['../up', 'path_traversal'],
    ['a/../../up', 'path_traversal'],
    ['a/..', 'path_traversal'],
    ['a\\..\\up', 'backslash'],
    ['C:/windows', 'drive_letter'],
    ['c:file', 'drive_letter'],
    ['a\0.js', 'control_character'],
    ['a\nb', 'control_character'],
    ['a\x7f', 'control_character'],
    ['a//b', 'bad_segment'],
    ['./a', 'bad_segment'],
    ['a/./b', 'bad_segment'],
    ['', 'bad_segment'],
    ['a\ufffd', 'bad_encoding'],
    ['a/.wh.b', 'whiteout'],
    ['1/2/3/4/5', 'too_deep'],
    ['a'.repeat(256), 'name_too_long'],
    ['é'.repeat(128), 'name_too_long'],
  ])('the name %j: %s', (name, reason) => {
    expect(() => inspect([name])).toThrow(refused(reason));
  });

  it.each<[string, Partial<DeclaredEntry>, ArchiveReason]>([
    ['a character device', { mode: 0o020644 }, 'special_file'],
    ['a block device', { mode: 0o060644 }, 'special_file'],
    ['a pipe', { mode: 0o010644 }, 'special_file'],
    ['a socket', { mode: 0o140644 }, 'special_file'],
    ['a file named like a folder', { name: 'a/', mode: 0o100644 }, 'kind_mismatch'],
    ['a folder named like a file', { mode: 0o040755 }, 'kind_mismatch'],
    ['a folder with content', { name: 'a/', mode: 0o040755 }, 'kind_mismatch'],
    ['a link named like a folder', { name: 'a/', mode: 0o120777 }, 'kind_mismatch'],
    ['an encrypted entry', { encrypted: true }, 'encrypted'],
    ['another compression', { compressionMethod: 12 }, 'unsupported_method'],
    ['too large a file', { expandedBytes: 65 * MIB }, 'too_large_expanded'],
    ['an absurdly long link', { mode: 0o120777, expandedBytes: 5000 }, 'name_too_long'],
  ])('%s', (_what, entry, reason) => {
    expect(() => inspect([entry])).toThrow(refused(reason));
  });

  it.each<[string, (string | Partial<DeclaredEntry>)[], ArchiveReason]>([
    ['the same name twice', ['a', 'a'], 'duplicate'],
    ['names that differ in case', ['Readme', 'README'], 'collision'],
    ['folders that differ in case', ['Lib/a', 'lib/b'], 'collision'],
    ['names that differ in Unicode form', ['caf\u00e9', 'cafe\u0301'], 'collision'],
    ['a file that is also a folder', ['a', 'a/b'], 'file_and_folder'],
    ['a folder that is also a file', ['a/b', 'a'], 'file_and_folder'],
    ['files below a link', [{ name: 'a', mode: 0o120777 }, 'a/b'], 'file_and_folder'],
    ['too many entries', ['1', '2', '3', '4', '5', '6'], 'too_many_entries'],
    ['sizes that are too large together', [{ name: 'a', expandedBytes: 33 * MIB }, { name: 'b', expandedBytes: 33 * MIB }], 'too_large_expanded'],
  ])('%s', (_what, entries, reason) => {
    expect(() => inspect(entries, 64 * MIB)).toThrow(refused(reason));
  }); // prettier-ignore

  it('an archive that expands suspiciously', () => {
    expect(() => inspect([{ expandedBytes: 11 * MIB }])).toThrow(refused('ratio'));
  });

  it('an archive without any file', () => {
    expect(() => inspect([])).toThrow(refused('empty'));
    expect(() => inspect([{ name: 'a/', mode: 0o040755, expandedBytes: 0 }])).toThrow(refused('empty'));
  });
});

describe('ArchiveInspector judges links', () => {
  const check = (path: string, target: string) => () =>
    new ArchiveInspector(LIMITS, MIB).checkLink(
      { path, kind: 'link', executable: false, expandedBytes: 1 },
      target,
    );

  it.each([
    ['a', 'b'],
    ['bin/a', '../lib/a.js'],
    ['a/b/c', '../../d'],
    ['a/b', '..'],
  ])('%s → %s stays inside', (path, target) => {
    expect(check(path, target)).not.toThrow();
  });

  it.each([
    ['a', '/etc/passwd'],
    ['a', '..'],
    ['a', '../b'],
    ['a/b', '../../c'],
    ['a', 'link/../../b'],
    ['a', ''],
    ['a', 'b\0c'],
  ])('%s → %j is refused', (path, target) => {
    expect(check(path, target)).toThrow(refused('link_leaves', path));
  });
});
