import type { Readable } from 'node:stream';
import type { AcceptedSource } from '@plat/platform-kit/clients/builder-client.ts';
import { archiveError } from './archive-error.ts';
import type { BlobStore } from './blob-store.ts';
import type { SourceLimits } from './source-limits.ts';
import { walkArchive } from './walk-archive.ts';

/** Takes an archive in and looks through it; it is kept only when it arrived whole and nothing in it is unsafe. */
export async function acceptSource(
  archive: Readable,
  deps: { blobs: BlobStore; limits: SourceLimits },
  signal?: AbortSignal,
): Promise<AcceptedSource> {
  const staged = await deps.blobs.stage(archive, { limitBytes: deps.limits.archiveBytes, signal });
  try {
    if (staged.bytes === 0) throw archiveError('empty', null, { hint: '0 bytes were received' });
    let entries = 0;
    for await (const _entry of walkArchive(staged.file, deps.limits)) entries++;
    await staged.keep();
    return { digest: staged.digest, bytes: staged.bytes, entries };
  } finally {
    await staged.discard();
  }
}
