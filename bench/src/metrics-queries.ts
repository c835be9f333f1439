/**
 * `npx tsx bench/src/metrics-queries.ts`: how long questions about a month take over the roll-ups of ten million calls, on
 * SQLite in a temporary folder or on the empty database in DATABASE_URL. Prints a table and writes `bench/results/metrics-queries.json`.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { REPOSITORY } from '@plat/e2e/platform.ts';
import { migrate } from '@plat/metadata-service/store/migrate.ts';
import { readFunctionUse } from '@plat/metadata-service/store/function-use.ts';
import { ADDED, LARGEST } from '@plat/metadata-service/store/metric-columns.ts';
import { readMetrics, type MetricScope } from '@plat/metadata-service/store/metric-queries.ts';
import { chooseSpan, type Span } from '@plat/metadata-service/store/metric-tiers.ts';
import { addRollUps, rollUpInsert } from '@plat/metadata-service/store/metrics.ts';
import { openDatabase } from '@plat/metadata-service/store/open-database.ts';
import type { RollUp } from '@plat/metadata-service/store/roll-up.ts';
import type { Db } from '@plat/metadata-service/store/write.ts';

const FUNCTIONS = 8;
const DAYS = 30;
const CALLS_A_MINUTE = 30;
const REPETITIONS = 9;
const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const toMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;

const folder = await mkdtemp(path.join(os.tmpdir(), 'plat-metrics-'));
const url = process.env['DATABASE_URL'] ?? `sqlite:${folder}/plat.db`;
const { db } = await openDatabase(url);
await migrate(db);
try {
  const startedAt = performance.now();
  const rows = await fill();
  console.log(
    `${rows} rows in ${((performance.now() - startedAt) / 1000).toFixed(1)} s, ${FUNCTIONS * DAYS * 1440 * CALLS_A_MINUTE} calls`,
  );
  const month = (stepMs: number, resolutionS: number): Span => ({
    resolutionS,
    stepMs,
    fromMs: toMs - DAYS * DAY_MS,
    toMs,
  });
  const chosen = (rangeMs: number, stepMs?: number) =>
    chooseSpan({ toMs: toMs - 1, rangeMs, stepMs, pointsMax: 1500 });
  const read = (scope: MetricScope, span: Span) => (trx: Db) => readMetrics(trx, scope, span);
  const questions: Record<string, (trx: Db) => Promise<unknown>> = {
    'one function, 1 h in steps of 1 min': read({ functionId: 'f0' }, chosen(60 * MINUTE_MS, MINUTE_MS)),
    'one function, 24 h': read({ functionId: 'f0' }, chosen(DAY_MS)),
    'one function, a month': read({ functionId: 'f0' }, chosen(DAYS * DAY_MS)),
    'one function, a month in steps of 1 h': read(
      { functionId: 'f0' },
      chosen(DAYS * DAY_MS, 60 * MINUTE_MS),
    ),
    'one function, a month from single minutes': read({ functionId: 'f0' }, month(360 * MINUTE_MS, 60)),
    'all functions, a month': read({}, chosen(DAYS * DAY_MS)),
    'use of every function, a month': (trx) => readFunctionUse(trx, {}, chosen(DAYS * DAY_MS)),
    'use of every function, 1 h': (trx) => readFunctionUse(trx, {}, chosen(60 * MINUTE_MS, 5 * MINUTE_MS)),
    'use of every function with trends and last calls, 24 h': (trx) =>
      readFunctionUse(trx, {}, chosen(DAY_MS, 60 * MINUTE_MS), { trend: true, quiet: true }),
  };
  const results: Record<string, { medianMs: number; worstMs: number; medianCpuMs: number }> = {};
  for (const [question, ask] of Object.entries(questions)) {
    const times: number[] = [];
    const cpu: number[] = [];
    for (let i = 0; i < REPETITIONS; i++) {
      const at = performance.now();
      const used = process.cpuUsage();
      await db.transaction().execute(ask);
      times.push(performance.now() - at);
      cpu.push(process.cpuUsage(used).user / 1000);
    }
    for (const list of [times, cpu]) list.sort((a, b) => a - b);
    const middle = Math.floor(REPETITIONS / 2);
    results[question] = {
      medianMs: round(times[middle]!),
      worstMs: round(times.at(-1)!),
      medianCpuMs: round(cpu[middle]!),
    };
  }
  console.table(results);
  const out = path.join(REPOSITORY, 'bench/results');
  await mkdir(out, { recursive: true });
  const database = url.split(':')[0];
  await writeFile(
    path.join(out, 'metrics-queries.json'),
    `${JSON.stringify({ at: new Date().toISOString(), database, rows, results }, null, 2)}\n`,
  );
} finally {
  await db.destroy();
  await rm(folder, { recursive: true, force: true });
}

/** Minutes of the whole month, although they are kept for eight days only, and hours. */
async function fill(): Promise<number> {
  const insert = rollUpInsert();
  let rows = 0;
  for (let day = 0; day < DAYS; day++) {
    const from = toMs - (DAYS - day) * DAY_MS;
    const rollUps: RollUp[] = [];
    for (let f = 0; f < FUNCTIONS; f++) {
      for (let minute = 0; minute < 1440; minute++)
        rollUps.push(rollUp(f, 60, from + minute * MINUTE_MS, CALLS_A_MINUTE));
      for (let hour = 0; hour < 24; hour++)
        rollUps.push(rollUp(f, 3600, from + hour * 60 * MINUTE_MS, 60 * CALLS_A_MINUTE));
    }
    await db.transaction().execute((trx) => addRollUps(trx, rollUps, insert));
    rows += rollUps.length;
  }
  return rows;
}

function rollUp(f: number, resolutionS: number, at: number, calls: number): RollUp {
  const values: Record<string, number> = {
    calls,
    status_2xx: calls,
    timed_calls: calls,
    duration_ms: calls * 12,
    queue_ms: calls * 0.2,
    cpu_calls: calls,
    cpu_ms: calls * 3,
    bytes_out: calls * 500,
    memory_bytes: 5e7,
    instances: 2,
  };
  for (let i = 0; i < 6; i++) values[`b${12 + ((at / 1000 / resolutionS + i * 3) % 16)}`] = calls / 6;
  return {
    resolutionS,
    at,
    functionId: `f${f}`,
    version: 1 + (f % 2),
    project: 'default',
    function: `fn-${f}`,
    values: Float64Array.from([...ADDED, ...LARGEST].map((column) => values[column] ?? 0)),
  };
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
