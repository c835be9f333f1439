import type { ExecutionFilter, Page } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Execution } from '@plat/platform-kit/domain.ts';
import type { ExpressionBuilder, Selectable } from 'kysely';
import { executionConditions, type ExecutionConditions } from './execution-filter.ts';
import { toExecution } from './execution-records.ts';
import { invalidCursor } from './invalid-cursor.ts';
import type { Database } from './schema.ts';
import type { PageQuery } from './store.ts';
import type { Db } from './write.ts';

/** Rows that one transaction looks at: SQLite works on this thread, and holds up everything else for that long. */
const WINDOW_ROWS = 2000;
/** A search that finds little answers with what it has, and where to go on, after so long. */
const BUDGET_MS = 500;

/** A place in the list: newest first, by start and then by id. */
export type Position = { startedAt: number; id: string };
type Row = Selectable<Database['executions']>;

/**
 * A page of calls, newest first. Reads in windows of one index, each in a transaction of its own; what came in meanwhile
 * is newer than the page.
 */
export async function listExecutions(
  within: <T>(work: (trx: Db) => Promise<T>) => Promise<T>,
  filter: ExecutionFilter,
  page: PageQuery,
): Promise<Page<Execution>> {
  const conditions = executionConditions(filter);
  const startedAt = performance.now();
  const found: Row[] = [];
  let position = page.before === undefined ? undefined : readCursor(page.before);
  for (;;) {
    const window = await within((trx) => readWindow(trx, conditions, { position, limit: page.limit + 1 - found.length })); // prettier-ignore
    found.push(...window.rows);
    position = window.end;
    if (found.length > page.limit) return toPage(found, page.limit);
    if (position === undefined) return { items: found.map(toExecution), next: null };
    if (performance.now() - startedAt > BUDGET_MS)
      return { items: found.map(toExecution), next: writeCursor(position) };
  }
}

/** `end`: up to where it looked; undefined when there is nothing behind. */
async function readWindow(
  trx: Db,
  { path, rest }: ExecutionConditions,
  { position, limit }: { position: Position | undefined; limit: number },
): Promise<{ rows: Row[]; end: Position | undefined }> {
  const window = trx
    .selectFrom('executions')
    .where((eb) => eb.and([...path(eb), ...(position === undefined ? [] : [olderThan(eb, position)])]))
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc');
  const rows = await trx
    .selectFrom(window.selectAll().limit(WINDOW_ROWS).as('executions'))
    .selectAll()
    .where((eb) => eb.and(rest(eb as ExpressionBuilder<Database, 'executions'>)))
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  if (rows.length >= limit) return { rows, end: toPosition(rows.at(-1)!) };
  const last = await window
    .select(['started_at', 'id'])
    .offset(WINDOW_ROWS - 1)
    .limit(1)
    .executeTakeFirst();
  return { rows, end: last && toPosition(last) };
}

function toPage(rows: Row[], limit: number): Page<Execution> {
  const shown = rows.slice(0, limit);
  return { items: shown.map(toExecution), next: writeCursor(toPosition(shown.at(-1)!)) };
}

export function olderThan(eb: ExpressionBuilder<Database, 'executions'>, { startedAt, id }: Position) {
  return eb.and([
    eb('started_at', '<=', startedAt),
    eb.or([eb('started_at', '<', startedAt), eb('id', '<', id)]),
  ]);
}

export function toPosition(row: Pick<Row, 'started_at' | 'id'>): Position {
  return { startedAt: Number(row.started_at), id: row.id };
}

function writeCursor({ startedAt, id }: Position): string {
  return `${startedAt}.${id}`;
}

function readCursor(before: string): Position {
  const match = /^(\d{1,15})\.(.+)$/.exec(before);
  if (match) return { startedAt: Number(match[1]), id: match[2]! };
  throw invalidCursor(before);
}
