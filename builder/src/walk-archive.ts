import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { archiveError } from './archive-error.ts';
import { ArchiveInspector, type ArchiveEntry } from './archive-inspector.ts';
import { ReadAheadFile } from './read-ahead-file.ts';
import type { SourceLimits } from './source-limits.ts';

export type WalkedEntry = ArchiveEntry & {
  /** Where a link leads; null for files and folders. */
  target: string | null;
  /** CRC-32 of the content, as declared. */
  crc32: number;
  /** The content, expanded; breaks when it has another size than declared. Read it before the next entry is asked for. */
  open: () => Promise<Readable>;
};

/**
 * Reads an archive's central directory and gives its entries, each of them judged. Throws `invalid` when the file is no
 * zip, or at the first entry that must not be unpacked.
 */
export async function* walkArchive(file: string, limits: SourceLimits): AsyncGenerator<WalkedEntry> {
  const { size } = await stat(file);
  const zip = await openZip(file, size);
  try {
    const inspector = new ArchiveInspector(limits, size);
    inspector.expectEntries(zip.entryCount);
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) entries.push(entry);
    for (const entry of entries) yield await walkEntry(zip, entry, inspector);
    inspector.finish();
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    throw archiveError('not_a_zip', null, { hint: messageOf(error), cause: error });
  } finally {
    zip.close();
  }
}

async function openZip(file: string, size: number): Promise<ZipFile> {
  const handle = await open(file, 'r');
  const reader = new ReadAheadFile(file, handle);
  const options = { autoClose: false, decodeStrings: false, validateEntrySizes: true };
  try {
    const zip = await yauzl.fromRandomAccessReaderPromise(reader, size, options);
    // An error after the last entry that anybody waits for must not end the process.
    zip.on('error', () => undefined);
    return zip;
  } catch (cause) {
    await handle.close();
    throw archiveError('not_a_zip', null, { hint: messageOf(cause), cause });
  }
}

async function walkEntry(zip: ZipFile, entry: Entry, inspector: ArchiveInspector): Promise<WalkedEntry> {
  const judged = inspector.add({
    name: yauzl.getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true),
    mode: entry.externalFileAttributes >>> 16,
    compressionMethod: entry.compressionMethod,
    encrypted: entry.isEncrypted(),
    expandedBytes: entry.uncompressedSize,
  });
  const openContent = () => zip.openReadStreamPromise(entry);
  let target: string | null = null;
  if (judged.kind === 'link') {
    target = await readTarget(judged.path, openContent);
    inspector.checkLink(judged, target);
  }
  return { ...judged, target, crc32: entry.crc32, open: openContent };
}

async function readTarget(name: string, open: () => Promise<Readable>): Promise<string> {
  try {
    return (await buffer(await open())).toString('utf8');
  } catch (cause) {
    throw archiveError('corrupt', name, { cause });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}
