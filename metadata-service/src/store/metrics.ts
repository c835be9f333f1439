import { sql, type Insertable, type RawBuilder } from 'kysely';
import { KeptInsert } from './kept-insert.ts';
import { ADDED, LARGEST } from './metric-columns.ts';
import { byText } from './order.ts';
import type { RollUp } from './roll-up.ts';
import type { Database } from './schema.ts';
import type { Db } from './write.ts';

/** INSERT of roll-ups, on top of those that are there. */
export function rollUpInsert() {
  return new KeptInsert((trx, rows: ReturnType<typeof toRow>[]) =>
    trx
      .insertInto('metrics')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['function_id', 'resolution_s', 'at', 'version']).doUpdateSet(onTop()),
      ),
  );
}

/** Puts roll-ups on top of what is there. Not idempotent: who calls it has made sure that they are new. */
export async function addRollUps(
  trx: Db,
  rollUps: readonly RollUp[],
  insert: ReturnType<typeof rollUpInsert>,
): Promise<void> {
  // In one order everywhere, so that two transactions cannot wait for each other.
  const rows = rollUps.map(toRow).sort(byText((row) => `${row.function_id}/${row.resolution_s}/${row.at}/${row.version}`)); // prettier-ignore
  await insert.run(trx, rows);
}

/** Deletes the oldest rows of one length of step, those of one moment; returns how many went, 0 when none is too old. */
export async function expireMetrics(
  trx: Db,
  { resolutionS, before }: { resolutionS: number; before: Date },
): Promise<number> {
  const oldest = await trx
    .selectFrom('metrics')
    .select('at')
    .where('resolution_s', '=', resolutionS)
    .orderBy('at')
    .limit(1)
    .executeTakeFirst();
  if (!oldest || Number(oldest.at) >= before.getTime()) return 0;
  const { numDeletedRows } = await trx
    .deleteFrom('metrics')
    .where('resolution_s', '=', resolutionS)
    .where('at', '=', Number(oldest.at))
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** What becomes of a row that is there already. */
function onTop(): Record<string, RawBuilder<number>> {
  return Object.fromEntries([
    ...ADDED.map((name) => [name, sql<number>`metrics.${sql.ref(name)} + excluded.${sql.ref(name)}`] as const),
    ...LARGEST.map((name) => [name, larger(name)] as const),
  ]);
} // prettier-ignore

function larger(name: string): RawBuilder<number> {
  const [had, came] = [sql`metrics.${sql.ref(name)}`, sql`excluded.${sql.ref(name)}`];
  return sql<number>`CASE WHEN ${came} > ${had} THEN ${came} ELSE ${had} END`;
}

function toRow(rollUp: RollUp): Insertable<Database['metrics']> {
  const { resolutionS, at, functionId, version, project, function: name, values } = rollUp;
  const added = ADDED.map((column, i) => [column, values[i]!] as const);
  const largest = LARGEST.map((column, i) => [column, values[ADDED.length + i]!] as const);
  return {
    resolution_s: resolutionS,
    at,
    function_id: functionId,
    version,
    project,
    function: name,
    ...(Object.fromEntries(added) as Columns<typeof ADDED>),
    ...(Object.fromEntries(largest) as Columns<typeof LARGEST>),
  };
}

type Columns<Names extends readonly string[]> = { [K in Names[number]]: number };
