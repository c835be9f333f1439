import { setImmediate as otherRequests } from 'node:timers/promises';
import type { ExecutionFilter, Page } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Execution } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { ExpressionBuilder } from 'kysely';
import { toExecution, toExecutionRow } from './execution-records.ts';
import { byText } from './order.ts';
import type { Database } from './schema.ts';
import type { PageQuery } from './store.ts';
import type { Db } from './write.ts';

/** Rows of one INSERT: 22 columns each, well below the parameters that SQLite (32,766) and PostgreSQL (65,535) take. */
const INSERT_ROWS = 100;

/** A place in the list: newest first, by start and then by id. */
type Position = { startedAt: number; id: string };

export async function recordExecutions(trx: Db, executions: Execution[]): Promise<void> {
  // In one order everywhere: batches that overlap then wait for each other instead of locking each other out.
  const rows = executions.map(toExecutionRow).sort(byText((row) => row.id));
  for (let from = 0; from < rows.length; from += INSERT_ROWS) {
    await trx
      .insertInto('executions')
      .values(rows.slice(from, from + INSERT_ROWS))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    // SQLite works on this thread: a full batch at once would hold up everything else in the process for tens of ms.
    await otherRequests();
  }
}

export async function listExecutions(
  trx: Db,
  filter: Omit<ExecutionFilter, 'before' | 'limit'>,
  page: PageQuery,
): Promise<Page<Execution>> {
  const before = page.before === undefined ? undefined : readCursor(page.before);
  const rows = await trx
    .selectFrom('executions')
    .selectAll()
    .where((eb) =>
      eb.and([
        ...(filter.project === undefined ? [] : [eb('project', '=', filter.project)]),
        ...(filter.function === undefined ? [] : [eb('function', '=', filter.function)]),
        ...(filter.outcome === undefined ? [] : [eb('outcome', '=', filter.outcome as Execution['outcome'])]),
        ...(filter.requestId === undefined ? [] : [eb('request_id', '=', filter.requestId)]),
        ...(filter.version === undefined ? [] : [eb('version', '=', filter.version)]),
        ...(before === undefined ? [] : [olderThan(eb, before)]),
      ]),
    )
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute();
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toExecution),
    next: last && rows.length > page.limit ? `${Number(last.started_at)}.${last.id}` : null,
  };
}

export async function getExecution(trx: Db, id: string): Promise<Execution> {
  const byId = await trx.selectFrom('executions').selectAll().where('id', '=', id).executeTakeFirst();
  const row =
    byId ??
    (await trx
      .selectFrom('executions')
      .selectAll()
      .where('request_id', '=', id)
      .orderBy('started_at', 'desc')
      .limit(1)
      .executeTakeFirst());
  if (row) return toExecution(row);
  throw new PlatformError(
    'not_found',
    `There is no execution with the id or request id "${id}". Records appear about a second after the answer and are kept for a limited time.`,
    { details: { id } },
  );
}

export async function expireExecutions(trx: Db, options: { before: Date; limit: number }): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('executions')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('executions')
        .select('id')
        .where('started_at', '<', options.before.getTime())
        .orderBy('started_at')
        .limit(options.limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

export async function trimExecutions(
  trx: Db,
  { project, keep, limit }: { project: string; keep: number; limit: number },
): Promise<number> {
  const lastKept = await trx
    .selectFrom('executions')
    .select(['started_at', 'id'])
    .where('project', '=', project)
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .offset(keep - 1)
    .limit(1)
    .executeTakeFirst();
  if (!lastKept) return 0;
  const position = { startedAt: Number(lastKept.started_at), id: lastKept.id };
  const { numDeletedRows } = await trx
    .deleteFrom('executions')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('executions')
        .select('id')
        .where('project', '=', project)
        .where((inner) => olderThan(inner, position))
        .orderBy('started_at')
        .orderBy('id')
        .limit(limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** Steps through the index from project to project, instead of reading all of it as DISTINCT would. */
export async function projectsWithExecutions(trx: Db): Promise<string[]> {
  const projects: string[] = [];
  for (;;) {
    const last = projects.at(-1);
    const row = await trx
      .selectFrom('executions')
      .select('project')
      .$if(last !== undefined, (query) => query.where('project', '>', last!))
      .orderBy('project')
      .limit(1)
      .executeTakeFirst();
    if (!row) return projects;
    projects.push(row.project);
  }
}

function olderThan(eb: ExpressionBuilder<Database, 'executions'>, { startedAt, id }: Position) {
  return eb.and([
    eb('started_at', '<=', startedAt),
    eb.or([eb('started_at', '<', startedAt), eb('id', '<', id)]),
  ]);
}

function readCursor(before: string): Position {
  const match = /^(\d{1,15})\.(.+)$/.exec(before);
  if (match) return { startedAt: Number(match[1]), id: match[2]! };
  throw new PlatformError(
    'invalid',
    `before: expected the "next" of an earlier page (received "${before}").`,
    {
      details: { field: 'before', received: before },
    },
  );
}
