import { sql } from 'kysely';
import type { FunctionUse } from '@plat/platform-kit/metrics.ts';
import { BUCKET_COLUMNS, quantile } from './metric-buckets.ts';
import { buckets, columns, condition, count, summed, type MetricScope, type Sums } from './metric-queries.ts';
import type { Span } from './metric-tiers.ts';
import type { Db } from './write.ts';

export type UseOptions = {
  /** With calls and failures a step of the span. */
  trend?: boolean;
  /** Also of functions that were called before the span alone, as far as their calls are kept. */
  quiet?: boolean;
};
type Use = FunctionUse & { functionId: string };
type Whose = { function_id: string; project: string; function: string };

const FAILED = ['function_errors', 'timeouts', 'platform_errors'];
const TOLD = ['calls', 'cold_starts', ...FAILED, ...BUCKET_COLUMNS];

/** The functions that were called in the span, and how it went. One query for each thing told, however many functions. */
export async function readFunctionUse(
  trx: Db,
  scope: Pick<MetricScope, 'project'>,
  span: Span,
  options: UseOptions = {},
): Promise<Use[]> {
  const { rows } = await sql<Sums & Whose>`
    SELECT function_id, project, function, max(at) AS last_at,
      ${columns(TOLD.map(summed))}
    FROM metrics WHERE ${condition(scope, span)} AND calls > 0
    GROUP BY function_id, project, function`.execute(trx);
  const use = new Map(rows.map((row): [string, Use] => [row.function_id, toUse(row, span)]));
  if (options.trend) await addTrends(trx, scope, span, use);
  if (options.quiet) await addLastCalls(trx, scope, use);
  return [...use.values()];
}

function toUse(row: Sums & Whose, span: Span): Use {
  return {
    functionId: row.function_id,
    project: row.project,
    function: row.function,
    calls: count(row, 'calls'),
    failed: FAILED.reduce((all, name) => all + count(row, name), 0),
    p95Ms: quantile(buckets(row), 0.95),
    coldStarts: count(row, 'cold_starts'),
    lastAt: new Date(Math.min(span.toMs, count(row, 'last_at'))).toISOString(),
    trend: null,
  };
}

async function addTrends(
  trx: Db,
  scope: Pick<MetricScope, 'project'>,
  span: Span,
  use: Map<string, Use>,
): Promise<void> {
  const step = sql`(at - ${sql.lit(span.fromMs)}) / ${sql.lit(span.stepMs)}`;
  const { rows } = await sql<{ function_id: string; step: number; calls: number; failed: number }>`
    SELECT function_id, ${step} AS step, sum(calls) AS calls,
      sum(${sql.join(
        FAILED.map((name) => sql.ref(name)),
        sql` + `,
      )}) AS failed
    FROM metrics WHERE ${condition(scope, span)} AND calls > 0
    GROUP BY function_id, ${step}`.execute(trx);
  const steps = Math.floor((span.toMs - span.fromMs) / span.stepMs) + 1;
  const zeros = () => Array.from({ length: steps }, () => 0);
  for (const one of use.values()) one.trend = { stepMs: span.stepMs, calls: zeros(), failed: zeros() };
  for (const row of rows) {
    const trend = use.get(row.function_id)?.trend;
    if (!trend) continue;
    trend.calls[Number(row.step)] = Number(row.calls);
    trend.failed[Number(row.step)] = Number(row.failed);
  }
}

/** Each is one look at the end of an index: by name, as calls are listed by it. */
async function addLastCalls(
  trx: Db,
  scope: Pick<MetricScope, 'project'>,
  use: Map<string, Use>,
): Promise<void> {
  const { rows } = await sql<Whose & { created_at: string; last_at: number | string | null }>`
    SELECT id AS function_id, project, name AS function, created_at,
      (SELECT max(started_at) FROM executions
       WHERE executions.project = functions.project AND executions.function = functions.name) AS last_at
    FROM functions ${scope.project === undefined ? sql`` : sql`WHERE project = ${scope.project}`}`.execute(trx);
  for (const { function_id: functionId, project, function: name, created_at: createdAt, last_at: last } of rows) {
    // What was called before is a function of the same name that was deleted.
    if (last === null || Number(last) < Date.parse(createdAt)) continue;
    const lastAt = new Date(Number(last)).toISOString();
    const known = use.get(functionId);
    if (known) known.lastAt = lastAt;
    else use.set(functionId, { functionId, project, function: name, calls: 0, failed: 0, p95Ms: null, coldStarts: 0, lastAt, trend: null });
  }
} // prettier-ignore
