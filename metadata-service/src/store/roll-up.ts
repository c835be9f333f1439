import type { Execution } from '@plat/platform-kit/domain.ts';
import type { InstanceSample } from '@plat/platform-kit/metrics.ts';
import { BUCKETS, bucketOf } from './metric-buckets.ts';
import { ADDED, LARGEST } from './metric-columns.ts';
import { TIERS } from './metric-tiers.ts';

type Column = (typeof ADDED)[number] | (typeof LARGEST)[number];

/** What is added to a row of roll-ups. */
export type RollUp = {
  resolutionS: number;
  at: number;
  functionId: string;
  version: number;
  project: string;
  function: string;
  /** By the order of `ADDED`, then of `LARGEST`, whose columns take the larger value instead. */
  values: Float64Array;
};

const COLUMNS: readonly Column[] = [...ADDED, ...LARGEST];
const AT = Object.fromEntries(COLUMNS.map((column, i) => [column, i])) as Record<Column, number>;
const BUCKET_AT = Array.from({ length: BUCKETS }, (_, bucket) => AT[`b${bucket}`]);
const [FINEST, ...COARSER] = TIERS;

/** The roll-ups that these calls make, of every length of step; each row once. Calls without a version count as 0. */
export function rollUpExecutions(executions: readonly Execution[]): RollUp[] {
  const rows = new Rows();
  for (const execution of executions)
    countCall(rows.of(execution, execution.version ?? 0, Date.parse(execution.startedAt)), execution);
  return rows.all();
}

/** The roll-ups that a look at the instances makes. */
export function rollUpSamples(samples: readonly InstanceSample[]): RollUp[] {
  const rows = new Rows();
  for (const sample of samples) {
    const { values } = rows.of(sample, sample.version, Date.parse(sample.at));
    most(values, AT.instances, sample.instances);
    if (sample.memoryBytes !== null) most(values, AT.instance_memory_bytes, sample.memoryBytes);
    if (sample.cpuMs === null) continue;
    values[AT.instance_cpu_ms]! += sample.cpuMs;
    values[AT.instance_period_ms]! += sample.periodMs;
  }
  return rows.all();
}

const FAILED_AT: Record<Execution['outcome'], number | undefined> = {
  ok: undefined,
  function_error: AT.function_errors,
  timeout: AT.timeouts,
  platform_error: AT.platform_errors,
  client_closed: AT.client_errors,
};
const STATUS_AT = [undefined, undefined, AT.status_2xx, AT.status_3xx, AT.status_4xx, AT.status_5xx];

function countCall({ values }: RollUp, execution: Execution): void {
  values[AT.calls]!++;
  const failedAt = FAILED_AT[execution.outcome];
  if (failedAt !== undefined) values[failedAt]!++;
  const statusAt = STATUS_AT[Math.floor(execution.status / 100)];
  if (statusAt !== undefined) values[statusAt]!++;
  values[AT.queue_ms]! += execution.queueMs;
  values[AT.bytes_in]! += execution.bytesIn;
  values[AT.bytes_out]! += execution.bytesOut;
  if (execution.cold) {
    values[AT.cold_starts]!++;
    values[AT.wake_ms]! += execution.wakeMs;
  }
  // A call that never got to an instance says nothing about how long the function takes.
  if (execution.instance !== null) {
    values[AT.timed_calls]!++;
    values[AT.duration_ms]! += execution.durationMs;
    values[BUCKET_AT[bucketOf(execution.durationMs)]!]!++;
  }
  if (execution.cpuMs !== null) {
    values[AT.cpu_calls]!++;
    values[AT.cpu_ms]! += execution.cpuMs;
  }
  if (execution.memoryBytes !== null) most(values, AT.memory_bytes, execution.memoryBytes);
}

type Whose = Pick<RollUp, 'functionId' | 'project' | 'function'>;

/** Rows of the finest step; those of the others are made of them. */
class Rows {
  readonly #finest = new Map<string, RollUp>();
  /** Calls come in the order of their time: the next one mostly belongs to the same row. */
  #last: RollUp | undefined;

  of(whose: Whose, version: number, timeMs: number): RollUp {
    const at = beginOf(FINEST.resolutionS, timeMs);
    const last = this.#last;
    if (last?.at === at && last.version === version && last.functionId === whose.functionId) return last;
    return (this.#last = rowOf(this.#finest, { whose, version, resolutionS: FINEST.resolutionS, at }));
  }

  all(): RollUp[] {
    const coarser = new Map<string, RollUp>();
    for (const row of this.#finest.values())
      for (const { resolutionS } of COARSER)
        addTo(rowOf(coarser, { whose: row, version: row.version, resolutionS, at: beginOf(resolutionS, row.at) }), row);
    return [...this.#finest.values(), ...coarser.values()];
  } // prettier-ignore
}

function rowOf(
  rows: Map<string, RollUp>,
  { whose, ...step }: { whose: Whose } & Pick<RollUp, 'version' | 'resolutionS' | 'at'>,
): RollUp {
  const { functionId, project, function: name } = whose;
  const key = `${functionId}/${step.version}/${step.resolutionS}/${step.at}`;
  let row = rows.get(key);
  if (!row) {
    row = { ...step, functionId, project, function: name, values: new Float64Array(COLUMNS.length) };
    rows.set(key, row);
  }
  return row;
}

function addTo({ values }: RollUp, { values: more }: RollUp): void {
  for (let i = 0; i < ADDED.length; i++) values[i]! += more[i]!;
  for (let i = ADDED.length; i < COLUMNS.length; i++) most(values, i, more[i]!);
}

function beginOf(resolutionS: number, timeMs: number): number {
  return Math.floor(timeMs / (resolutionS * 1000)) * resolutionS * 1000;
}

function most(values: Float64Array, at: number, value: number): void {
  if (value > values[at]!) values[at] = value;
}
