import type { RecordedExecution } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Execution } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { KeptBodies } from '@plat/platform-kit/execution.ts';
import { toExecution, toExecutionRow } from './execution-records.ts';
import { KeptInsert } from './kept-insert.ts';
import { olderThan, toPosition } from './list-executions.ts';
import { addRollUps, type rollUpInsert } from './metrics.ts';
import { byText } from './order.ts';
import { rollUpExecutions } from './roll-up.ts';
import type { Db } from './write.ts';

/** INSERT of executions; gives back the ids of those that were not there. */
export function executionInsert() {
  return new KeptInsert((trx, rows: ReturnType<typeof toExecutionRow>[]) =>
    trx
      .insertInto('executions')
      .values(rows)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id'),
  );
}

export type RecordInserts = {
  executions: ReturnType<typeof executionInsert>;
  rollUps: ReturnType<typeof rollUpInsert>;
};

/** Each is recorded and counted once, however often it is sent. */
export async function recordExecutions(
  trx: Db,
  executions: RecordedExecution[],
  inserts: RecordInserts,
): Promise<Execution[]> {
  // In one order everywhere: batches that overlap then wait for each other instead of locking each other out.
  const sorted = [...executions].sort(byText((execution) => execution.id));
  const inserted = await inserts.executions.run(trx, sorted.map(toExecutionRow));
  const ids = new Set(inserted.map((row) => row.id));
  // One that stands twice in a batch was inserted once.
  const fresh = sorted.filter((execution) => ids.delete(execution.id));
  await insertBodies(trx, fresh);
  await addRollUps(trx, rollUpExecutions(fresh), inserts.rollUps);
  return fresh.map(withoutBodies);
}

/** Nearly all have none, and to copy thirty fields costs as much as to check them. */
function withoutBodies(recorded: RecordedExecution): Execution {
  if (!('bodies' in recorded)) return recorded;
  const { bodies: _, ...execution } = recorded;
  return execution;
}

async function insertBodies(trx: Db, executions: RecordedExecution[]): Promise<void> {
  for (const { id, bodies } of executions) {
    if (!bodies) continue;
    await trx
      .insertInto('execution_bodies')
      .values({ execution_id: id, bodies: JSON.stringify(bodies) })
      .execute();
  }
}

/** `project`: that of who asks. A request's id is its caller's choice, so another project's call may have the same. */
export async function getExecution(
  trx: Db,
  id: string,
  { project }: { project?: string | undefined } = {},
): Promise<RecordedExecution> {
  const of = trx
    .selectFrom('executions')
    .selectAll()
    .$if(project !== undefined, (query) => query.where('project', '=', project!));
  const row =
    (await of.where('id', '=', id).executeTakeFirst()) ??
    (await of.where('request_id', '=', id).orderBy('started_at', 'desc').limit(1).executeTakeFirst());
  if (!row) throw noExecution(id);
  if (row.has_bodies === 0) return { ...toExecution(row), bodies: null };
  const kept = await trx
    .selectFrom('execution_bodies')
    .select('bodies')
    .where('execution_id', '=', row.id)
    .executeTakeFirst();
  return { ...toExecution(row), bodies: kept ? (JSON.parse(kept.bodies) as KeptBodies) : null };
}

function noExecution(id: string): PlatformError {
  return new PlatformError(
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
  const position = toPosition(lastKept);
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
