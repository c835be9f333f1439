import type { Execution } from '@plat/platform-kit/domain.ts';
import type { InstanceSample } from '@plat/platform-kit/metrics.ts';
import { bucketOf } from './metric-buckets.ts';
import { TIERS } from './metric-tiers.ts';

/** What is added to a row of roll-ups; `most` columns take the larger value instead. Columns that are left out add nothing. */
export type RollUp = {
  resolutionS: number;
  at: number;
  functionId: string;
  version: number;
  project: string;
  function: string;
  add: Map<string, number>;
  most: Map<string, number>;
};

/** The roll-ups that these calls make, of every length of step; each row once. Calls without a version count as 0. */
export function rollUpExecutions(executions: readonly Execution[]): RollUp[] {
  const rows = new Rows();
  for (const execution of executions) {
    const at = Date.parse(execution.startedAt);
    for (const row of rows.of({ ...execution, version: execution.version ?? 0 }, at))
      countCall(row, execution);
  }
  return rows.all();
}

/** The roll-ups that a look at the instances makes. */
export function rollUpSamples(samples: readonly InstanceSample[]): RollUp[] {
  const rows = new Rows();
  for (const sample of samples) {
    for (const row of rows.of(sample, Date.parse(sample.at))) {
      most(row, 'instances', sample.instances);
      if (sample.memoryBytes !== null) most(row, 'instance_memory_bytes', sample.memoryBytes);
      if (sample.cpuMs === null) continue;
      add(row, 'instance_cpu_ms', sample.cpuMs);
      add(row, 'instance_period_ms', sample.periodMs);
    }
  }
  return rows.all();
}

const OUTCOMES: Record<Execution['outcome'], string | undefined> = {
  ok: undefined,
  function_error: 'function_errors',
  timeout: 'timeouts',
  platform_error: 'platform_errors',
  client_closed: 'client_errors',
};

function countCall(row: RollUp, execution: Execution): void {
  add(row, 'calls', 1);
  const failure = OUTCOMES[execution.outcome];
  if (failure) add(row, failure, 1);
  const statusClass = Math.floor(execution.status / 100);
  if (statusClass >= 2 && statusClass <= 5) add(row, `status_${statusClass}xx`, 1);
  add(row, 'queue_ms', execution.queueMs);
  add(row, 'bytes_in', execution.bytesIn);
  add(row, 'bytes_out', execution.bytesOut);
  if (execution.cold) {
    add(row, 'cold_starts', 1);
    add(row, 'wake_ms', execution.wakeMs);
  }
  // A call that never got to an instance says nothing about how long the function takes.
  if (execution.instance !== null) {
    add(row, 'timed_calls', 1);
    add(row, 'duration_ms', execution.durationMs);
    add(row, `b${bucketOf(execution.durationMs)}`, 1);
  }
  if (execution.cpuMs !== null) {
    add(row, 'cpu_calls', 1);
    add(row, 'cpu_ms', execution.cpuMs);
  }
  if (execution.memoryBytes !== null) most(row, 'memory_bytes', execution.memoryBytes);
}

class Rows {
  readonly #rows = new Map<string, RollUp>();

  of(
    of: Pick<InstanceSample, 'functionId' | 'project' | 'function' | 'version'>,
    timeMs: number,
  ): RollUp[] {
    return TIERS.map(({ resolutionS }) => {
      const at = Math.floor(timeMs / (resolutionS * 1000)) * resolutionS * 1000;
      const key = `${of.functionId}/${of.version}/${resolutionS}/${at}`;
      let row = this.#rows.get(key);
      if (!row) {
        const { functionId, version, project, function: name } = of;
        row = { resolutionS, at, functionId, version, project, function: name, add: new Map(), most: new Map() };
        this.#rows.set(key, row);
      }
      return row;
    });
  } // prettier-ignore

  all(): RollUp[] {
    return [...this.#rows.values()];
  }
}

function add(row: RollUp, column: string, value: number): void {
  row.add.set(column, (row.add.get(column) ?? 0) + value);
}

function most(row: RollUp, column: string, value: number): void {
  row.most.set(column, Math.max(row.most.get(column) ?? 0, value));
}
