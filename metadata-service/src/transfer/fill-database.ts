import { ConfigError } from '@plat/platform-kit/config.ts';
import { MIGRATIONS, appliedMigrations, migrate } from '../store/migrate.ts';
import type { OpenDatabase } from '../store/open-database.ts';
import type { Db } from '../store/write.ts';
import { countRows, deleteRows, insertRows, type Row } from './table-rows.ts';

/** Rows a new database has by itself: the project `default`, its change, the counters. */
const ROWS_OF_NEW = new Map([
  ['projects', 1],
  ['changes', 1],
  ['counters', Infinity],
]);

/** What a database is filled with: tables in an order in which their rows can be inserted. */
export type Content = {
  /** The migrations that made the schema of the rows. */
  migrations: readonly string[];
  tables: readonly { name: string; batches: () => AsyncIterable<Row[]> }[];
};

/**
 * Fills an empty database in one transaction, counts what arrived (against `expected`, where given), and brings it to the present schema. Returns the
 * rows of each table. Throws ConfigError when the database is not empty or the content is of a newer Plat; it is then
 * as it was.
 */
export async function fillDatabase(
  target: OpenDatabase,
  content: Content,
  expected?: ReadonlyMap<string, number>,
): Promise<Map<string, number>> {
  const { db } = target;
  const newer = content.migrations.filter((name) => !(name in MIGRATIONS));
  if (newer.length > 0 || content.migrations.length === 0)
    throw new ConfigError(`This was made by a newer Plat (schema ${newer.join(', ')}). Use that version.`);
  const migrations = Object.fromEntries(
    Object.entries(MIGRATIONS).filter(([name]) => content.migrations.includes(name)),
  );
  const applied = await appliedMigrations(db);
  if (applied.some((name) => !(name in migrations))) throw notEmpty();
  await migrate(db, migrations);
  const counts = await db.transaction().execute((trx) => fill(trx, content, expected));
  await migrate(db);
  return counts;
}

async function fill(
  trx: Db,
  { tables }: Content,
  expected?: ReadonlyMap<string, number>,
): Promise<Map<string, number>> {
  for (const { name } of tables) {
    if ((await countRows(trx, name)) > (ROWS_OF_NEW.get(name) ?? 0)) throw notEmpty();
  }
  for (const { name } of tables.toReversed()) await deleteRows(trx, name);
  const counts = new Map<string, number>();
  for (const { name, batches } of tables) {
    let rows = 0;
    for await (const batch of batches()) {
      await insertRows(trx, name, batch);
      rows += batch.length;
    }
    const arrived = await countRows(trx, name);
    if (arrived !== rows || rows !== (expected?.get(name) ?? rows))
      throw new Error(
        `Of ${expected?.get(name) ?? rows} rows of "${name}" ${arrived} arrived; nothing was changed.`,
      );
    counts.set(name, rows);
  }
  return counts;
}

function notEmpty(): ConfigError {
  return new ConfigError('The target database is not empty. Name a new database; nothing was changed.');
}
