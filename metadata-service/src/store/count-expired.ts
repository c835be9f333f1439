import { projectsWithExecutions } from './executions.ts';
import type { Expired } from './store.ts';
import type { Db } from './write.ts';

export async function countExpired(
  trx: Db,
  { executionsBefore, keep, auditBefore }: { executionsBefore: Date; keep: number; auditBefore: Date },
): Promise<Expired> {
  const old = await trx
    .selectFrom('executions')
    .select((eb) => eb.fn.countAll().as('rows'))
    .where('started_at', '<', executionsBefore.getTime())
    .executeTakeFirstOrThrow();
  const audit = await trx
    .selectFrom('audit')
    .select((eb) => eb.fn.countAll().as('rows'))
    .where('at', '<', auditBefore.toISOString())
    .executeTakeFirstOrThrow();
  const surplus: Record<string, number> = {};
  for (const project of await projectsWithExecutions(trx)) {
    const left = await trx
      .selectFrom('executions')
      .select((eb) => eb.fn.countAll().as('rows'))
      .where('project', '=', project)
      .where('started_at', '>=', executionsBefore.getTime())
      .executeTakeFirstOrThrow();
    if (Number(left.rows) > keep) surplus[project] = Number(left.rows) - keep;
  }
  return { executions: Number(old.rows), surplus, audit: Number(audit.rows) };
}
