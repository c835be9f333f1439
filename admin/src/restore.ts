import { createReadStream } from 'node:fs';
import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { StartError } from '@plat/platform-kit/run-service.ts';
import type { Row } from '@plat/metadata-service/transfer/table-rows.ts';
import { restoreDatabase } from '@plat/metadata-service/transfer/restore-database.ts';
import { tableEntry, type Manifest } from './archive-format.ts';
import { unpackBackup } from './archive-reader.ts';
import { namesIn, type DataFolders } from './data-folders.ts';

const STAGING = '.restoring';
const BATCH_ROWS = 500;

export type RestoreRequest = { archive: string; databaseUrl: string; folders: DataFolders };
export type RestoreReport = { rows: number; files: number };

/**
 * Restores a backup into empty folders and an empty database. Everything is unpacked beside its place and checked
 * first; a failure leaves the folders and the database empty. Throws StartError for what the person can mend.
 */
export async function restore({ archive, databaseUrl, folders }: RestoreRequest): Promise<RestoreReport> {
  const roots = [...new Set(Object.values(folders))];
  for (const root of roots) await requireEmpty(root);
  const staging = (root: keyof DataFolders) => path.join(folders[root], STAGING);
  try {
    const manifest = await unpackBackup(archive, (place) => path.join(staging(place.root), place.path));
    for (const root of roots) await mkdir(root, { recursive: true, mode: 0o700 });
    await restoreDatabase(databaseUrl, {
      migrations: manifest.migrations,
      tables: manifest.tables.map(({ name, rows }) => {
        const file = path.join(staging('data'), tableEntry(name));
        return { name, rows, batches: () => readBatches(file) };
      }),
    });
    await rm(path.join(staging('data'), 'database'), { recursive: true, force: true });
    for (const root of roots) await moveUp(path.join(root, STAGING), root);
    return report(manifest);
  } catch (error) {
    for (const root of roots) await rm(path.join(root, STAGING), { recursive: true, force: true });
    // The deepest first: another try wants to find them empty.
    for (const root of roots.sort((a, b) => b.length - a.length)) await rmdir(root).catch(() => undefined);
    throw error;
  }
}

async function requireEmpty(folder: string): Promise<void> {
  if ((await namesIn(folder)).length > 0)
    throw new StartError(
      `${folder} is not empty. Restore into a folder that is empty or not there; nothing was changed.`,
    );
}

async function* readBatches(file: string): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    batch.push(JSON.parse(line) as Row);
    if (batch.length === BATCH_ROWS) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

async function moveUp(from: string, to: string): Promise<void> {
  for (const name of await namesIn(from)) await rename(path.join(from, name), path.join(to, name));
  await rm(from, { recursive: true, force: true });
}

function report(manifest: Manifest): RestoreReport {
  return {
    rows: manifest.tables.reduce((sum, table) => sum + table.rows, 0),
    files: Object.keys(manifest.files).length - manifest.tables.length,
  };
}
