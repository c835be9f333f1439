import { mkdtemp, readFile, readdir, readlink, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceLimits } from './source-limits.ts';
import { makeZip, type ZipSpec } from './testing/zip-writer.ts';
import { treeDigest } from './tree-digest.ts';
import { unpackArchive } from './unpack-archive.ts';
import { walkArchive } from './walk-archive.ts';

const MIB = 1024 ** 2;
const LIMITS: SourceLimits = {
  archiveBytes: 100 * MIB,
  expandedBytes: 64 * MIB,
  entries: 20_000,
  depth: 32,
  ratio: 200,
};

describe('a zip', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'plat-archive-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function write(zip: Buffer): Promise<string> {
    const file = path.join(folder, 'source.zip');
    await writeFile(file, zip);
    return file;
  }
  async function walk(zip: Buffer): Promise<string[]> {
    const names: string[] = [];
    for await (const entry of walkArchive(await write(zip), LIMITS)) names.push(entry.path);
    return names;
  }
  async function unpack(specs: ZipSpec[]) {
    const signal = new AbortController().signal;
    return unpackArchive(await write(makeZip(specs)), path.join(folder, 'out'), { limits: LIMITS, signal });
  }
  const refused = (reason: string) => ({ code: 'invalid', details: { reason } });

  it('is unpacked with its executables and links, whatever order they stand in', async () => {
    await unpack([
      { name: 'link', content: 'lib/a.js', mode: 0o120777 },
      { name: 'lib/a.js', content: 'A' },
      { name: 'run', content: '#!/bin/sh', mode: 0o104755 },
      { name: 'empty/', mode: 0o040755, method: 0 },
      { name: 'stored', content: 'plain', method: 0 },
    ]);
    const at = (name: string) => path.join(folder, 'out', name);
    expect(await readlink(at('link'))).toBe('lib/a.js');
    expect(await readFile(at('link'), 'utf8')).toBe('A');
    expect((await stat(at('run'))).mode & 0o7777).toBe(0o755);
    expect((await stat(at('lib/a.js'))).mode & 0o111).toBe(0);
    expect(await readFile(at('stored'), 'utf8')).toBe('plain');
    expect(await readdir(at('empty'))).toEqual([]);
  });

  it('may use zip64 fields', async () => {
    expect(await walk(makeZip([{ name: 'a', content: 'A' }], { zip64: true }))).toEqual(['a']);
  });

  it('has the same tree digest however it was packed', async () => {
    const one = await unpack([
      { name: 'a', content: 'A' },
      { name: 'd/b', content: 'B' },
    ]);
    await rm(path.join(folder, 'out'), { recursive: true });
    const two = await unpack([
      { name: 'd/', mode: 0o040755, method: 0 },
      { name: 'd/b', content: 'B', method: 0, mode: 0o100600 },
      { name: 'a', content: 'A' },
    ]);
    expect(treeDigest(two)).toBe(treeDigest(one));
  });

  it.each<[string, Buffer, string]>([
    ['text', Buffer.from('#!/bin/sh\necho hello\n'), 'not_a_zip'],
    ['a gzip', Buffer.from('1f8b0800000000000003', 'hex'), 'not_a_zip'],
    ['an archive cut short', makeZip([{ name: 'a', content: 'x'.repeat(500) }]).subarray(0, -30), 'not_a_zip'],
    ['a central directory that is not there', makeZip([{ name: 'a' }], { entryCount: 2 }), 'not_a_zip'],
    ['no entries', makeZip([]), 'empty'],
    ['a path that leaves', makeZip([{ name: '../../etc/cron.d/x', content: 'x' }]), 'path_traversal'],
    ['a backslash path', makeZip([{ name: '..\\x', content: 'x' }]), 'backslash'],
    ['a NUL in a name', makeZip([{ name: 'a\0.js' }]), 'control_character'],
    ['a name that is no UTF-8', makeZip([{ name: Buffer.from([0x61, 0xff]) }]), 'bad_encoding'],
    ['a link that leaves', makeZip([{ name: 'a', content: '../../etc', mode: 0o120777 }]), 'link_leaves'],
    ['a fifo', makeZip([{ name: 'a', mode: 0o010644 }]), 'special_file'],
    ['a password', makeZip([{ name: 'a', content: 'x', flags: 0x801 }]), 'encrypted'],
    ['a count of entries that is too large', makeZip([{ name: 'a' }], { zip64: true, entryCount: 2 ** 40 }), 'too_many_entries'],
    ['a declared bomb', makeZip([{ name: 'a', content: 'x', declaredSize: 2 ** 32 - 2 }]), 'too_large_expanded'],
  ])('with %s is refused', async (_what, zip, reason) => {
    await expect(walk(zip)).rejects.toMatchObject(refused(reason));
  }); // prettier-ignore

  it('with 200,000 entries is refused before they are read', async () => {
    const zip = makeZip(Array.from({ length: 200_000 }, (_, i) => ({ name: `f${i}`, method: 0 })));
    const startedAt = performance.now();
    await expect(walk(zip)).rejects.toMatchObject(refused('too_many_entries'));
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  it('whose entries share their data many times over is refused by its ratio', async () => {
    const kernel = { name: 'k', content: Buffer.alloc(MIB) };
    const shared = Array.from({ length: 60 }, (_, i) => ({
      name: `k${i}`,
      content: kernel.content,
      sharesDataOf: 0,
    }));
    await expect(walk(makeZip([kernel, ...shared]))).rejects.toMatchObject(refused('ratio'));
  });

  it('that says it is smaller than it is stops while it inflates', async () => {
    const bomb = { name: 'bomb', content: Buffer.alloc(20 * MIB), declaredSize: 10 };
    await expect(unpack([bomb])).rejects.toMatchObject(refused('corrupt'));
    expect((await stat(path.join(folder, 'out', 'bomb')).catch(() => ({ size: 0 }))).size).toBeLessThan(
      100_000,
    );
  });

  it('that says it is larger than it is, or has another checksum, is refused while it inflates', async () => {
    await expect(unpack([{ name: 'a', content: 'A', declaredSize: 10 }])).rejects.toMatchObject(
      refused('corrupt'),
    );
    await rm(path.join(folder, 'out'), { recursive: true });
    await expect(unpack([{ name: 'a', content: 'A', declaredCrc: 1 }])).rejects.toMatchObject(
      refused('corrupt'),
    );
  });
});
