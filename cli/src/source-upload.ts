import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import FormData from 'form-data';
import { packFolder } from './pack.ts';

/** A folder's archive in a temporary file. */
export type PackedUpload = { file: string; entries: number; bytes: number; remove: () => Promise<void> };

export async function packSource(folder: string, signal: AbortSignal): Promise<PackedUpload> {
  const own = await mkdtemp(path.join(os.tmpdir(), 'plat-source-'));
  const remove = () => rm(own, { recursive: true, force: true });
  try {
    const file = path.join(own, 'source.zip');
    return { file, ...(await packFolder(folder, file, signal)), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The archive and `parts` (JSON) as a form; made anew for each try, because it is read once. */
export function sourceForm(
  { file, bytes }: PackedUpload,
  parts: readonly (readonly [name: string, value: unknown])[],
): { body: FormData; headers: Record<string, string> } {
  const body = new FormData();
  for (const [name, value] of parts)
    body.append(name, JSON.stringify(value), { contentType: 'application/json' });
  body.append('source', createReadStream(file), {
    filename: 'source.zip',
    contentType: 'application/zip',
    knownLength: bytes,
  });
  return { body, headers: { ...body.getHeaders(), 'content-length': String(body.getLengthSync()) } };
}
