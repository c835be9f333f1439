import { appliedMigrations, requirePresentSchema } from '../store/migrate.ts';
import { openDatabase } from '../store/open-database.ts';
import { TRANSFER_OPTIONS } from './copy-database.ts';
import { readRows, type Row } from './table-rows.ts';
import { TABLE_NAMES } from './tables.ts';

/** A table of a snapshot, to be read once. */
export type SnapshotTable = { name: string; batches: AsyncIterable<Row[]> };

/**
 * Reads the whole record as it is at one moment, while others go on writing: table by table, `take` is called with each
 * in turn. Returns the migrations that made its schema.
 */
export async function readSnapshot(
  databaseUrl: string,
  take: (table: SnapshotTable) => Promise<void>,
): Promise<string[]> {
  const { db, transactions } = await openDatabase(databaseUrl, { ...TRANSFER_OPTIONS, mustExist: true });
  try {
    await requirePresentSchema(db);
    await transactions.within(async (trx) => {
      for (const name of TABLE_NAMES) await take({ name, batches: readRows(trx, name) });
    });
    return await appliedMigrations(db);
  } finally {
    await db.destroy();
  }
}
