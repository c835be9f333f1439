import { ConfigError } from '@plat/platform-kit/config.ts';
import { appliedMigrations, requirePresentSchema } from '../store/migrate.ts';
import { openDatabase, type OpenDatabase } from '../store/open-database.ts';
import { fillDatabase } from './fill-database.ts';
import { requireUnused } from './require-unused.ts';
import { countRows, readRows } from './table-rows.ts';
import { TABLE_NAMES } from './tables.ts';

/** One connection, and no limit on how long a statement takes. */
export const TRANSFER_OPTIONS = { connections: 1, statementMs: 0, connectMs: 5000 };

/**
 * Copies the whole record from one database to another, empty one, in one transaction, and returns the rows of each
 * table. The numbers of the change feed go on where they were. Throws ConfigError when either is in use, or cannot be
 * used.
 */
export async function copyDatabase(urls: { from: string; to: string }): Promise<Map<string, number>> {
  if (urls.from === urls.to) throw new ConfigError('The source and the target are the same database.');
  const source = await openDatabase(urls.from, { ...TRANSFER_OPTIONS, mustExist: true });
  try {
    await requirePresentSchema(source.db);
    await requireUnused(source, 'The source');
    const target = await openDatabase(urls.to, TRANSFER_OPTIONS);
    try {
      await requireUnused(target, 'The target');
      return await copy(source, target);
    } finally {
      await target.db.destroy();
    }
  } finally {
    await source.db.destroy();
  }
}

async function copy(source: OpenDatabase, target: OpenDatabase): Promise<Map<string, number>> {
  const migrations = await appliedMigrations(source.db);
  return source.transactions.within(async (from) => {
    const tables = TABLE_NAMES.map((name) => ({ name, batches: () => readRows(from, name) }));
    const counts = await fillDatabase(target, { migrations, tables });
    for (const name of TABLE_NAMES) {
      const rows = await countRows(from, name);
      if (counts.get(name) !== rows)
        throw new Error(`"${name}" has ${rows} rows, but ${counts.get(name)} were copied.`);
    }
    return counts;
  });
}
