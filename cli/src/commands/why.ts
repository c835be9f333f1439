import type { ExecutionDetail } from '@plat/platform-kit/api/executions-api.ts';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { formatBytes, formatDuration } from '@plat/platform-kit/quantities.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { ApiContext } from '../context.ts';
import { printData } from '../output/print.ts';
import { timeline } from '../output/timeline.ts';
import { stripControls } from '../terminal.ts';

/** A call is recorded about a second after its answer. */
const RECORDED_WITHIN_MS = 4000;
const RETRY_MS = 500;

/** Explains a call: who answered, where the time went, what it used, and what it printed. */
export async function why(context: ApiContext, { id }: { id: string }): Promise<void> {
  const execution = await find(context, id);
  if (await printData(context, execution, () => `${execution.id}\n`)) return;
  await context.out.write(explain(context, execution));
}

async function find(context: ApiContext, id: string): Promise<ExecutionDetail> {
  const end = performance.now() + RECORDED_WITHIN_MS;
  for (;;) {
    try {
      return await context.api.getExecution(id, { logs: true });
    } catch (error) {
      const isNotThere = error instanceof PlatformError && error.code === 'not_found';
      if (!isNotThere || performance.now() > end) throw error;
    }
    await pause(RETRY_MS, context.signal);
    context.signal.throwIfAborted();
  }
}

function explain(context: ApiContext, execution: ExecutionDetail): string {
  const { bold, dim, red, green } = context.outColors;
  const { outcome, status, errorCode, errorMessage, errorComponent } = execution;
  const result = `${status} ${outcome}`;
  const lines = [
    `${bold(`${execution.method} ${execution.path}`)} ${outcome === 'ok' && status < 400 ? green(result) : red(result)}`,
    ...(errorCode === null ? [] : [`${red(errorCode)}: ${errorMessage ?? ''} ${dim(`(${errorComponent ?? 'platform'})`)}`]),
    dim(`request ${execution.requestId}, ${execution.startedAt}${execution.traceId ? `, trace ${execution.traceId}` : ''}`),
    '',
    where(execution),
    ...execution.evictions.map(roomText),
    '',
    ...timeline(execution.phases, { width: 32 }).map((line) => `  ${line}`),
    '',
    used(execution),
    ...printed(execution),
  ];
  return `${lines.map((line) => stripControls(line)).join('\n')}\n`;
} // prettier-ignore

function where({ project, function: name, version, alias, instance, cold, rung }: ExecutionDetail): string {
  const of = version === null ? 'no version' : `version ${version}${alias === null ? '' : ` (alias ${alias})`}`;
  const on = instance === null ? 'no instance' : `instance ${instance.slice(0, 12)}`;
  return `${project}/${name}, ${of}, ${on}, ${cold ? `cold start (${rung})` : 'warm'}`;
} // prettier-ignore

function roomText({ at, role, instance, other }: ExecutionDetail['evictions'][number]): string {
  const who = other && `${other.project}/${other.function} version ${other.version}`;
  if (role === 'made_room') return `Instance ${instance.slice(0, 12)} of ${who ?? 'another project'} was put out to make room for it (${at}).`;
  return `Its instance ${instance.slice(0, 12)} had been evicted to make room for ${who ?? 'others'} (${at}).`;
} // prettier-ignore

function used({ cpuMs, memoryBytes, usage, bytesIn, bytesOut }: ExecutionDetail): string {
  const about = usage === 'sampled' || usage === 'shared' ? 'about ' : '';
  const shared = usage === 'shared' ? ' (its part of what several calls used)' : '';
  return [
    `CPU ${cpuMs === null ? 'unknown' : `${about}${formatDuration(cpuMs)}${shared}`}`,
    `memory ${memoryBytes === null ? 'unknown' : `${about}${formatBytes(memoryBytes)}`}`,
    `in ${formatBytes(bytesIn)}`,
    `out ${formatBytes(bytesOut)}`,
  ].join(', ');
}

function printed({ logs, logsProblem }: ExecutionDetail): string[] {
  if (logsProblem !== null) return ['', `Its log lines cannot be read: ${logsProblem}`];
  if (!logs || logs.length === 0) return ['', 'It printed nothing.'];
  return ['', 'It printed:', ...logs.map((line: LogLine) => `  ${line.at} ${line.text}`)];
}
