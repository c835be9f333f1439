import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import { formatBytes } from '@plat/platform-kit/units.ts';
import type { BlobInfo, BlobStore, Digest, StagedBlob } from './blob-store.ts';

/**
 * Blobs as files `<folder>/<first two hex digits>/<hex>`. `stagingFolder` is on the same file system and belongs to this
 * process alone: what is in it when the process starts is left over and may be removed.
 *
 * INVARIANTS: a file under its final name is complete and on disk; it gets there by rename only.
 */
export function createFolderBlobStore(options: { folder: string; stagingFolder: string }): BlobStore {
  const fileOf = (digest: Digest) => {
    const hex = hexOf(digest);
    return path.join(options.folder, hex.slice(0, 2), hex);
  };

  async function stage(
    content: Readable,
    { limitBytes, signal }: { limitBytes: number; signal?: AbortSignal },
  ): Promise<StagedBlob> {
    const file = path.join(options.stagingFolder, `blob-${newId()}`);
    const discard = () => rm(file, { force: true });
    const hash = createHash('sha256');
    let bytes = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        if (bytes > limitBytes) return done(tooLarge(limitBytes));
        hash.update(chunk);
        done(null, chunk);
      },
    });
    try {
      await mkdir(options.stagingFolder, { recursive: true });
      // Opened first: a stream that is still opening its file when it is given up would make it after it was discarded.
      const handle = await open(file, 'wx');
      await pipeline(content, measure, handle.createWriteStream({ flush: true }), { signal });
    } catch (error) {
      await discard();
      throw explained(error);
    }
    const digest = `sha256:${hash.digest('hex')}`;
    return { digest, bytes, file, keep: () => keep(file, digest), discard };
  }

  async function keep(file: string, digest: Digest): Promise<void> {
    const target = fileOf(digest);
    const now = new Date();
    try {
      await mkdir(path.dirname(target), { recursive: true });
      await utimes(file, now, now);
      await rename(file, target);
      await syncFolder(path.dirname(target));
    } catch (error) {
      throw explained(error);
    }
  }

  return {
    stage,
    has: async (digest) => (await statOf(fileOf(digest))) !== undefined,
    get: async (digest) => {
      const file = fileOf(digest);
      const info = await statOf(file);
      if (!info) throw notThere(digest);
      return { content: createReadStream(file), bytes: info.size };
    },
    withFile: async (digest, use) => {
      const file = fileOf(digest);
      if (!(await statOf(file))) throw notThere(digest);
      return use(file);
    },
    deleteOlder: async (digest, storedBeforeMs) => {
      const file = fileOf(digest);
      const info = await statOf(file);
      if (info && info.mtimeMs >= storedBeforeMs) return false;
      await rm(file, { force: true });
      return true;
    },
    list: () => listBlobs(options.folder),
  };
}

/** The hex digits of a digest; `invalid` when it is none, so that no path is ever made of anything else. */
function hexOf(digest: Digest): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (!hex)
    throw new PlatformError(
      'invalid',
      `${JSON.stringify(digest)} is not a digest; expected "sha256:" and 64 hex digits.`,
      { details: { field: 'digest', received: digest } },
    );
  return hex;
}

export function tooLarge(limitBytes: number): PlatformError {
  return new PlatformError(
    'too_large',
    `The source archive is larger than ${formatBytes(limitBytes)}. Leave out what the function does not need (.platignore).`,
    { details: { limitBytes } },
  );
}

/** The error itself, unless it has a reason that somebody can do something about. */
function explained(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull(error) : error;
}

function diskFull(cause: unknown): PlatformError {
  return new PlatformError(
    'unavailable',
    'The disk that the builder keeps sources on is full (its DATA_DIR); nothing was kept. Make room there, for instance by plat gc, and deploy again.',
    { cause },
  );
}

function notThere(digest: Digest): PlatformError {
  return new PlatformError('not_found', `There is no source ${digest}.`, { details: { digest } });
}

async function statOf(file: string) {
  return stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function* listBlobs(folder: string): AsyncGenerator<BlobInfo> {
  for (const shelf of await namesIn(folder)) {
    for (const hex of await namesIn(path.join(folder, shelf))) {
      const info = await statOf(path.join(folder, shelf, hex));
      if (info && /^[0-9a-f]{64}$/.test(hex))
        yield { digest: `sha256:${hex}`, bytes: info.size, storedAtMs: info.mtimeMs };
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
}
