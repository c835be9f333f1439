import { createReadStream } from 'node:fs';
import { access, mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { StartError } from '@plat/platform-kit/run-service.ts';
import { readSnapshot, type SnapshotTable } from '@plat/metadata-service/transfer/read-snapshot.ts';
import { SETTINGS, placeOf, tableEntry, type Manifest } from './archive-format.ts';
import { ArchiveWriter } from './archive-writer.ts';
import { namesIn, type DataFolders } from './data-folders.ts';

export type BackupRequest = {
  out: string;
  databaseUrl: string;
  folders: DataFolders;
  settings: readonly [name: string, value: string][];
};

export type BackupReport = {
  rows: number;
  sources: number;
  logs: number;
  bytes: number;
  /** Sources that the record names and that are not there. */
  missing: string[];
};

/**
 * Backs up a platform that may run meanwhile. The record is read first, at one moment; then the sources that it names,
 * which nothing changes; then the logs as far as they are written. Throws StartError for what the person can mend.
 */
export async function backup(request: BackupRequest): Promise<BackupReport> {
  const out = path.resolve(request.out);
  if (!/\.(tar|tar\.gz|tgz)$/.test(out))
    throw new StartError(
      `--out: expected a name that ends in .tar, .tar.gz or .tgz (received ${request.out}).`,
    );
  for (const file of [out, `${out}.partial`]) await requireAbsent(file);
  const staging = await mkdtemp(path.join(path.dirname(out), '.plat-backup-')).catch((error: Error) => {
    throw new StartError(`--out: ${path.dirname(out)} cannot be written (${error.message}).`);
  });
  let writer: ArchiveWriter | undefined;
  try {
    const digests = new Set<string>();
    const tables: Manifest['tables'] = [];
    const migrations = await readSnapshot(request.databaseUrl, async (table) => {
      tables.push({
        name: table.name,
        rows: await dumpTable(table, path.join(staging, table.name), digests),
      });
    });
    writer = await ArchiveWriter.create(out, new Date());
    for (const { name } of tables) await addFile(writer, tableEntry(name), path.join(staging, name));
    const missing = await addSources(writer, path.join(request.folders.builder, 'sources'), digests);
    const logs =
      (await addLogs(writer, 'build-logs', path.join(request.folders.builder, 'logs'))) +
      (await addLogs(writer, 'instance-logs', path.join(request.folders.controller, 'logs')));
    await writer.add(
      SETTINGS,
      Buffer.from(request.settings.map(([name, value]) => `${name}=${quoted(value)}\n`).join('')),
    );
    await writer.finish({ migrations, tables });
    return {
      rows: tables.reduce((sum, table) => sum + table.rows, 0),
      sources: digests.size - missing.length,
      logs,
      bytes: (await stat(out)).size,
      missing,
    };
  } catch (error) {
    await writer?.discard();
    throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function requireAbsent(file: string): Promise<void> {
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (exists) throw new StartError(`${file} exists already. Name another file, or remove it.`);
}

/** Writes a table's rows as lines of JSON, and collects the digests of the sources that versions name. */
async function dumpTable(table: SnapshotTable, file: string, digests: Set<string>): Promise<number> {
  const handle = await open(file, 'wx', 0o600);
  let rows = 0;
  try {
    for await (const batch of table.batches) {
      rows += batch.length;
      await handle.write(batch.map((row) => `${JSON.stringify(row)}\n`).join(''));
      if (table.name === 'versions') for (const row of batch) digests.add(String(row['source_digest']));
    }
  } finally {
    await handle.close();
  }
  return rows;
}

async function addFile(writer: ArchiveWriter, name: string, file: string): Promise<string> {
  const { size } = await stat(file);
  // A stream of no bytes at all cannot be asked for.
  if (size === 0) return writer.add(name, Buffer.alloc(0));
  return writer.add(name, { bytes: size, stream: createReadStream(file, { end: size - 1 }) });
}

async function addSources(
  writer: ArchiveWriter,
  folder: string,
  digests: ReadonlySet<string>,
): Promise<string[]> {
  const missing: string[] = [];
  for (const digest of [...digests].sort()) {
    const hex = digest.replace(/^sha256:/, '');
    const file = path.join(folder, hex.slice(0, 2), hex);
    try {
      const sha256 = await addFile(writer, `sources/${hex}`, file);
      if (sha256 !== hex)
        throw new StartError(`The source ${file} is damaged: its content is not what its name says.`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      missing.push(digest);
    }
  }
  return missing;
}

/** Logs are a few MiB at most; one that is removed meanwhile is left out. */
async function addLogs(
  writer: ArchiveWriter,
  kind: 'build-logs' | 'instance-logs',
  folder: string,
): Promise<number> {
  let count = 0;
  for (const functionId of await namesIn(folder)) {
    for (const name of await namesIn(path.join(folder, functionId))) {
      const entry = `${kind}/${functionId}/${name}`;
      if (!placeOf(entry)) continue;
      const content = await readFile(path.join(folder, functionId, name)).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return undefined;
          throw error;
        },
      );
      if (!content) continue;
      await writer.add(entry, content);
      count++;
    }
  }
  return count;
}

function quoted(value: string): string {
  return /^[\w./:@,*-]*$/.test(value) ? value : JSON.stringify(value);
}
