import type { MetricPoint, MetricTotals } from '@plat/platform-kit/metrics.ts';
import { formatBytes, formatDuration } from '@plat/platform-kit/quantities.ts';
import type { ApiContext } from '../context.ts';
import { printData } from '../output/print.ts';
import { spanText } from '../output/span-text.ts';
import { sparkline } from '../output/sparkline.ts';
import { formatTable } from '../output/table.ts';
import { resolveFunction } from '../target.ts';

export type MetricsArgs = { name?: string; range?: string; step?: string; version?: number };

/** Shows what became of a function's calls; `-o wide` has every step. */
export async function metrics(context: ApiContext, args: MetricsArgs): Promise<void> {
  const { name, range, step, version } = args;
  const key = resolveFunction(context, name);
  const found = await context.api.functionMetrics(key, { range, step, version });
  if (await printData(context, found, () => `${key.name}\n`)) return;
  const { totals, points } = found;
  const of = `${key.project}/${key.name}${version === undefined ? '' : `@${version}`}`;
  const span = `${spanText(found)}, steps of ${formatDuration(found.stepMs)}`;
  await context.out.write(`${context.outColors.bold(of)} over ${span}\n\n${formatTable(rows(totals, points))}`);
  if (context.format === 'wide') await context.out.write(`\n${formatTable(steps(points))}`);
} // prettier-ignore

function rows(totals: MetricTotals, points: MetricPoint[]): string[][] {
  const line = (value: (point: MetricPoint) => number | null) => sparkline(points.map(value));
  const { errors } = totals;
  const who = `function ${errors.function}, timeout ${errors.timeout}, platform ${errors.platform}, client ${errors.client}`;
  return [
    ['Calls', String(totals.calls), line(({ calls }) => calls)],
    ['Errors', who, line((point) => point.errors.function + point.errors.timeout + point.errors.platform)],
    ['p50', ms(totals.p50Ms), line(({ p50Ms }) => p50Ms)],
    ['p95', ms(totals.p95Ms), line(({ p95Ms }) => p95Ms)],
    ['p99', ms(totals.p99Ms), line(({ p99Ms }) => p99Ms)],
    ['Cold starts', `${totals.coldStarts}${totals.meanWakeMs === null ? '' : `, ${ms(totals.meanWakeMs)} on average`}`, line(({ coldStarts }) => coldStarts)],
    ['CPU a call', ms(totals.cpuMs), line(({ cpuMs }) => cpuMs)],
    ['Peak memory', bytes(totals.memoryBytes), line(({ memoryBytes }) => memoryBytes)],
    ['Instances', String(totals.instances ?? '-'), line(({ instances }) => instances)],
    ['Their CPU', totals.instanceCpuPercent === null ? '-' : `${totals.instanceCpuPercent.toFixed(1)}%`, line(({ instanceCpuPercent }) => instanceCpuPercent)],
    ['Their memory', bytes(totals.instanceMemoryBytes), line(({ instanceMemoryBytes }) => instanceMemoryBytes)],
  ];
} // prettier-ignore

function steps(points: MetricPoint[]): string[][] {
  return [
    ['AT', 'CALLS', 'FAILED', 'P50', 'P95', 'P99', 'COLD', 'INSTANCES'],
    ...points.map((point) => [
      point.at,
      String(point.calls),
      String(point.errors.function + point.errors.timeout + point.errors.platform),
      ms(point.p50Ms),
      ms(point.p95Ms),
      ms(point.p99Ms),
      String(point.coldStarts),
      String(point.instances ?? '-'),
    ]),
  ];
}

const ms = (value: number | null) => (value === null ? '-' : formatDuration(value));
const bytes = (value: number | null) => (value === null ? '-' : formatBytes(value));
