import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { StartError } from '@plat/platform-kit/run-service.ts';
import { extract } from 'tar-stream';
import type { z } from 'zod';
import { ARCHIVE_FORMAT, HEAD, Head, MANIFEST, Manifest, placeOf, type Place } from './archive-format.ts';

const HEAD_LIMIT_BYTES = 64 * 1024;
const MANIFEST_LIMIT_BYTES = 256 * 1024 ** 2;

/**
 * Unpacks a backup into staging folders and checks all of it: every name is one that a backup has, every file is as the
 * manifest says. Throws StartError when the archive is damaged, newer, or none.
 */
export async function unpackBackup(archive: string, fileOf: (place: Place) => string): Promise<Manifest> {
  const source = await openArchive(archive);
  const entries = extract();
  const fed = pipeline(source, entries);
  fed.catch(() => undefined);
  const found: Manifest['files'] = {};
  let manifest: Manifest | undefined;
  let isFirst = true;
  try {
    for await (const entry of entries) {
      const content = entry as AsyncIterable<Buffer>;
      const { name, type, size = 0 } = entry.header;
      if (manifest) throw damaged(archive, `there is something behind its end (${JSON.stringify(name)})`);
      if (isFirst !== (name === HEAD) || type !== 'file')
        throw isFirst
          ? notOurs(archive)
          : damaged(archive, `${JSON.stringify(name)} does not belong into a backup`);
      isFirst = false;
      if (name === HEAD)
        requireReadable(archive, readJson(Head, await readAll(content, size, HEAD_LIMIT_BYTES), archive));
      else if (name === MANIFEST)
        manifest = readJson(Manifest, await readAll(content, size, MANIFEST_LIMIT_BYTES), archive);
      else {
        const place = placeOf(name);
        if (!place || name in found)
          throw damaged(archive, `${JSON.stringify(name)} does not belong into a backup`);
        found[name] = await writeEntry(content, fileOf(place));
      }
    }
    await fed;
  } catch (error) {
    if (error instanceof StartError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (['ENOSPC', 'EACCES', 'EIO', 'EDQUOT', 'EROFS'].includes(code ?? '')) throw error;
    throw isFirst ? notOurs(archive) : damaged(archive, message);
  }
  if (!manifest) throw isFirst ? notOurs(archive) : damaged(archive, 'its end is missing');
  compare(archive, manifest, found);
  return manifest;
}

async function openArchive(archive: string): Promise<Readable> {
  try {
    const handle = await open(archive, 'r');
    const magic = Buffer.alloc(2);
    await handle.read(magic, 0, 2, 0);
    await handle.close();
    const file = createReadStream(archive);
    const content = magic.equals(Buffer.from([0x1f, 0x8b])) ? createGunzip() : new PassThrough();
    // Its failure reaches whoever reads the content.
    pipeline(file, content).catch(() => undefined);
    return content;
  } catch (error) {
    throw new StartError(`${archive} cannot be read (${(error as Error).message}).`);
  }
}

async function writeEntry(
  content: AsyncIterable<Buffer>,
  file: string,
): Promise<{ bytes: number; sha256: string }> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(
    Readable.from(content),
    measure,
    createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }),
  );
  return { bytes, sha256: hash.digest('hex') };
}

async function readAll(content: AsyncIterable<Buffer>, size: number, limitBytes: number): Promise<Buffer> {
  if (size > limitBytes) throw new Error('an entry is too large');
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function readJson<S extends z.ZodType>(schema: S, content: Buffer, archive: string): z.output<S> {
  try {
    return schema.parse(JSON.parse(content.toString('utf8')));
  } catch {
    throw damaged(archive, 'what it says about itself cannot be read');
  }
}

function requireReadable(archive: string, { format }: z.output<typeof Head>): void {
  if (format > ARCHIVE_FORMAT)
    throw new StartError(
      `${archive} was made by a newer Plat (format ${format}; this one reads ${ARCHIVE_FORMAT}). Restore it with that version.`,
    );
}

function compare(archive: string, manifest: Manifest, found: Manifest['files']): void {
  for (const [name, expected] of Object.entries(manifest.files)) {
    const file = found[name];
    if (!file) throw damaged(archive, `${name} is missing`);
    const isSource = name.startsWith('sources/') && name.slice('sources/'.length) !== file.sha256;
    if (file.bytes !== expected.bytes || file.sha256 !== expected.sha256 || isSource)
      throw damaged(archive, `${name} is not what was backed up`);
  }
  const extra = Object.keys(found).find((name) => !(name in manifest.files));
  if (extra !== undefined) throw damaged(archive, `${extra} was not backed up`);
}

function damaged(archive: string, what: string): StartError {
  return new StartError(`${archive} is damaged: ${what}. Nothing was restored.`);
}

function notOurs(archive: string): StartError {
  return new StartError(`${archive} is not a backup of Plat.`);
}
