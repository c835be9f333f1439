import { sql, type RawBuilder } from 'kysely';
import type { FunctionMetrics, MetricPoint, MetricTotals } from '@plat/platform-kit/metrics.ts';
import { BUCKET_COLUMNS, quantile } from './metric-buckets.ts';
import { ADDED } from './metric-columns.ts';
import type { Span } from './metric-tiers.ts';
import type { Db } from './write.ts';

/** Whose calls: of one function, of one project, or (nothing given) of all. */
export type MetricScope = { functionId?: string; version?: number; project?: string };

/** Sums of a step, by column. PostgreSQL answers sums as text. */
export type Sums = Record<string, number>;

const NOTHING: Sums = {};

/** One point for each step of the span, and all of them together. */
export async function readMetrics(
  trx: Db,
  scope: MetricScope,
  span: Span,
): Promise<Pick<FunctionMetrics, 'points' | 'totals'>> {
  const step = sql`(at - ${sql.lit(span.fromMs)}) / ${sql.lit(span.stepMs)}`;
  const { rows } = await sql<Sums>`
    SELECT ${step} AS step, ${columns(ADDED.map(summed))}, max(memory_bytes) AS memory_bytes
    FROM metrics WHERE ${condition(scope, span)} GROUP BY ${step}`.execute(trx);
  // Versions at one moment are added up, moments are not.
  const seen = await sql<Sums>`
    SELECT step, max(instances) AS instances, max(memory) AS instance_memory_bytes, sum(period_ms) AS period_ms
    FROM (
      SELECT ${step} AS step, sum(instances) AS instances, max(instance_memory_bytes) AS memory,
        max(instance_period_ms) AS period_ms
      FROM metrics WHERE ${condition(scope, span)} AND instances > 0 GROUP BY at
    ) AS moments GROUP BY step`.execute(trx);
  const byStep = new Map<number, Sums>();
  for (const row of [...rows, ...seen.rows])
    byStep.set(Number(row['step']), { ...byStep.get(Number(row['step'])), ...numbers(row) });
  const count = Math.floor((span.toMs - span.fromMs) / span.stepMs) + 1;
  const points = Array.from({ length: count }, (_, step): MetricPoint => ({
    at: new Date(span.fromMs + step * span.stepMs).toISOString(),
    ...toTotals(byStep.get(step) ?? NOTHING),
  }));
  return { points, totals: toTotals(together([...byStep.values()])) };
}

export function condition(scope: MetricScope, span: Span): RawBuilder<unknown> {
  const parts = [
    sql`resolution_s = ${sql.lit(span.resolutionS)}`,
    sql`at >= ${sql.lit(span.fromMs)}`,
    sql`at <= ${sql.lit(span.toMs)}`,
    ...(scope.functionId === undefined ? [] : [sql`function_id = ${scope.functionId}`]),
    ...(scope.version === undefined ? [] : [sql`version = ${scope.version}`]),
    ...(scope.project === undefined ? [] : [sql`project = ${scope.project}`]),
  ];
  return sql.join(parts, sql` AND `);
}

/** A part of a SELECT. */
export const summed = (name: string) => sql`sum(${sql.ref(name)}) AS ${sql.ref(name)}`;
export const columns = (parts: RawBuilder<unknown>[]) => sql.join(parts, sql`, `);

function toTotals(sums: Sums): MetricTotals {
  const sum = (name: string) => count(sums, name);
  const durations = buckets(sums);
  const mean = (total: string, of: string) => (sum(of) > 0 ? round(sum(total) / sum(of)) : null);
  const wasSeen = sum('instances') > 0;
  return {
    calls: sum('calls'),
    errors: {
      function: sum('function_errors'),
      timeout: sum('timeouts'),
      platform: sum('platform_errors'),
      client: sum('client_errors'),
    },
    status: {
      '2xx': sum('status_2xx'),
      '3xx': sum('status_3xx'),
      '4xx': sum('status_4xx'),
      '5xx': sum('status_5xx'),
    },
    p50Ms: quantile(durations, 0.5),
    p95Ms: quantile(durations, 0.95),
    p99Ms: quantile(durations, 0.99),
    meanMs: mean('duration_ms', 'timed_calls'),
    coldStarts: sum('cold_starts'),
    meanWaitMs: mean('queue_ms', 'calls'),
    meanWakeMs: mean('wake_ms', 'cold_starts'),
    cpuMs: mean('cpu_ms', 'cpu_calls'),
    memoryBytes: sum('memory_bytes') || null,
    bytesIn: sum('bytes_in'),
    bytesOut: sum('bytes_out'),
    instances: wasSeen ? sum('instances') : null,
    instanceCpuPercent:
      sum('period_ms') > 0 ? round((sum('instance_cpu_ms') / sum('period_ms')) * 100) : null,
    instanceMemoryBytes: sum('instance_memory_bytes') || null,
  };
}

const LARGEST = new Set(['memory_bytes', 'instances', 'instance_memory_bytes']);

function together(all: Sums[]): Sums {
  const result: Sums = {};
  for (const sums of all) {
    for (const name in sums) {
      const value = sums[name]!;
      result[name] = LARGEST.has(name) ? Math.max(result[name] ?? 0, value) : (result[name] ?? 0) + value;
    }
  }
  return result;
}

export const buckets = (sums: Sums) => BUCKET_COLUMNS.map((name) => count(sums, name));
export const count = (sums: Record<string, unknown>, name: string) => Number(sums[name] ?? 0);
const numbers = (row: Sums) => Object.fromEntries(Object.keys(row).map((name) => [name, Number(row[name])]));
const round = (value: number) => Math.round(value * 1000) / 1000;
