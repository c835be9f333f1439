import type { Dashboard } from '@plat/platform-kit/api/metrics-api.ts';
import { formatBytes, formatDuration } from '@plat/platform-kit/quantities.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { ApiContext } from '../context.ts';
import { mustExist } from '../must-exist.ts';
import { age } from '../output/age.ts';
import { printData } from '../output/print.ts';
import { spanText } from '../output/span-text.ts';
import { sparkline } from '../output/sparkline.ts';
import { formatTable, truncate } from '../output/table.ts';

export type TopArgs = { range?: string; all?: boolean; once?: boolean; interval: number };

/** Cursor to the top left; what stood there is overwritten, and the rest of each line and of the screen cleared. */
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

/** Shows which functions are busy: on a terminal again and again until interrupted, else once. */
export async function top(context: ApiContext, args: TopArgs): Promise<void> {
  const query = { range: args.range, project: args.all ? undefined : context.settings.project };
  const isLive = context.out.isTty && !args.once && ['table', 'wide'].includes(context.format);
  if (isLive) await context.out.write('\u001b[2J');
  do {
    const dashboard = await context.api.dashboard(query);
    if (dashboard.functions.all === 0 && query.project !== undefined) await mustExist(context, { project: query.project });
    if (await printData(context, dashboard, () => dashboard.topFunctions.map((use) => `${use.function}\n`).join(''))) return;
    const lines = render(dashboard, context.now());
    if (!isLive) return context.out.write(`${lines.join('\n')}\n`);
    const shown = lines.map((line) => `${truncate(line, context.out.columns)}${REST_OF_LINE}\n`).join('');
    await context.out.write(`${HOME}${shown}${REST_OF_SCREEN}`);
    await pause(args.interval, context.signal);
  } while (!context.signal.aborted);
} // prettier-ignore

function render(dashboard: Dashboard, now: number): string[] {
  const { totals, functions, capacity, failureRate } = dashboard;
  const calls = sparkline(dashboard.points.map((point) => point.calls));
  const use = [
    ['FUNCTION', 'CALLS', 'FAILED', 'P95', 'COLD', 'LAST'],
    ...dashboard.topFunctions.map((one) => [
      `${one.project}/${one.function}`,
      String(one.calls),
      String(one.failed),
      one.p95Ms === null ? '-' : formatDuration(one.p95Ms),
      String(one.coldStarts),
      age(one.lastAt, now),
    ]),
  ];
  return [
    `${counted(totals.calls, 'call')} in ${spanText(dashboard)} (${dashboard.callsPerSecond}/s), ${failureRate === null ? 'no' : `${(failureRate * 100).toFixed(1)}%`} failures, p95 ${totals.p95Ms === null ? '-' : formatDuration(totals.p95Ms)}, ${counted(totals.coldStarts, 'cold start')}`,
    `${counted(functions.all, 'function')} (${functions.active} active, ${functions.stopped} stopped, ${functions.failed} failed), ${counted(dashboard.instances, 'instance')}${capacityText(capacity)}`,
    ...(dashboard.recording && dashboard.recording.lost > 0 ? [`${dashboard.recording.lost} records of calls were lost`] : []),
    calls,
    '',
    ...formatTable(use).trimEnd().split('\n'),
  ];
} // prettier-ignore

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

const MIB = 1024 * 1024;

function capacityText(capacity: Dashboard['capacity']): string {
  if (!capacity) return '';
  const cpu = capacity.cpuPercent === null ? '' : `, CPU ${capacity.cpuPercent.toFixed(0)}%${capacity.cpus === null ? '' : ` of ${capacity.cpus * 100}%`}`;
  const memory = capacity.usedMemoryBytes === null ? '' : `, memory ${formatBytes(capacity.usedMemoryBytes)}${capacity.memoryBytes === null ? '' : ` of ${formatBytes(capacity.memoryBytes)}`}`;
  const { budget } = capacity;
  const allotted = budget ? `, allotted ${formatBytes(budget.memoryMb.used * MIB)} of ${formatBytes(budget.memoryMb.limit * MIB)}` : '';
  const pooled = budget && budget.pooled.containers > 0 ? ` (${formatBytes(budget.pooled.memoryMb * MIB)} in pools)` : '';
  const waiting = budget && budget.waiting > 0 ? `, ${budget.waiting} starts wait for room` : '';
  return cpu + memory + allotted + pooled + waiting;
} // prettier-ignore
