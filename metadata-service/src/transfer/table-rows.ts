import { sql, type SqlBool, type Transaction } from 'kysely';
import type { Db } from '../store/write.ts';
import { TABLES, type TableName } from './tables.ts';

/** A row as it is stored: texts, numbers and nulls. */
export type Row = Record<string, string | number | null>;

/** Rows of one SELECT, and at most of one INSERT. */
const BATCH_ROWS = 500;
/** SQLite takes 32,766 parameters in one statement, PostgreSQL 65,535. */
const PARAMETERS = 30_000;

type AnyTables = Transaction<Record<string, Row>>;

/** All rows of a table in batches, in the order of the primary key. */
export async function* readRows(trx: Db, table: TableName): AsyncGenerator<Row[]> {
  const key = TABLES[table];
  let last: Row | undefined;
  for (;;) {
    let query = (trx as unknown as AnyTables).selectFrom(table).selectAll().limit(BATCH_ROWS);
    for (const column of key) query = query.orderBy(column);
    if (last) {
      const columns = sql.join(key.map((column) => sql.ref(column)));
      const values = sql.join(key.map((column) => last![column]));
      query = query.where(sql<SqlBool>`(${columns}) > (${values})`);
    }
    const rows = await query.execute();
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH_ROWS) return;
    last = rows.at(-1);
  }
}

export async function insertRows(trx: Db, table: string, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = Math.max(1, Object.keys(rows[0]!).length);
  const step = Math.min(BATCH_ROWS, Math.floor(PARAMETERS / columns));
  for (let from = 0; from < rows.length; from += step) {
    await (trx as unknown as AnyTables)
      .insertInto(table)
      .values(rows.slice(from, from + step))
      .execute();
  }
}

export async function countRows(trx: Db, table: string): Promise<number> {
  const row = await (trx as unknown as AnyTables)
    .selectFrom(table)
    .select((eb) => eb.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function deleteRows(trx: Db, table: string): Promise<void> {
  await (trx as unknown as AnyTables).deleteFrom(table).execute();
}
