import type { ExecutionDetail } from '@plat/platform-kit/api/executions-api.ts';
import type { Execution } from '@plat/platform-kit/domain.ts';
import { formatBytes, formatDuration } from '@plat/platform-kit/quantities.ts';
import type { ExecutionsQuery } from '../api-client.ts';
import { note, type ApiContext } from '../context.ts';
import { mustExist } from '../must-exist.ts';
import { age } from '../output/age.ts';
import { printList, printObject } from '../output/print.ts';
import { resolveFunction } from '../target.ts';

export type ExecutionsArgs = Pick<
  ExecutionsQuery,
  | 'outcome'
  | 'status'
  | 'alias'
  | 'rung'
  | 'instance'
  | 'requestId'
  | 'version'
  | 'since'
  | 'until'
  | 'limit'
  | 'before'
> & { name?: string; failed?: boolean; cold?: boolean; search?: string };

/** Lists calls, newest first: of one function, or of the project. */
export async function executionsLs(context: ApiContext, args: ExecutionsArgs): Promise<void> {
  const { name, outcome, status, alias, rung, instance, requestId, version, since, until, limit, before } = args;
  const isOne = name !== undefined || context.projectFile.name !== undefined;
  const key = isOne ? resolveFunction(context, name) : undefined;
  const page = await context.api.listExecutions({
    project: key?.project ?? context.settings.project,
    function: key?.name,
    outcome, status, alias, rung, instance, requestId, version, since, until, limit, before,
    failed: args.failed,
    cold: args.cold,
    q: args.search,
  });
  if (page.items.length === 0 && !page.next) await mustExist(context, key ?? { project: context.settings.project });
  await printList(context, {
    items: page.items,
    name: (execution) => execution.id,
    empty: page.next ? 'None among those that were looked at.' : 'There are no executions.',
    columns: [
      { title: 'ID', value: (execution) => execution.id },
      { title: 'FUNCTION', value: (execution) => execution.function },
      { title: 'VERSION', value: (execution) => execution.version },
      { title: 'CALL', value: (execution) => `${execution.method} ${execution.path}` },
      { title: 'STATUS', value: (execution) => execution.status },
      { title: 'OUTCOME', value: (execution) => execution.errorCode ?? execution.outcome },
      { title: 'TOOK', value: (execution) => formatDuration(execution.durationMs) },
      { title: 'COLD', value: (execution) => (execution.cold ? 'yes' : 'no') },
      { title: 'AGE', value: (execution) => age(execution.startedAt, context.now()) },
      { title: 'WAITED', value: (execution) => formatDuration(execution.queueMs), isWide: true },
      { title: 'MEMORY', value: (execution) => memory(execution), isWide: true },
      { title: 'REQUEST', value: (execution) => execution.requestId, isWide: true },
    ],
  });
  if (page.next) await note(context, `There are more: --before ${page.next}`);
} // prettier-ignore

/** Shows one call; `id` is its own or that of the request. */
export async function executionsShow(context: ApiContext, args: { id: string }): Promise<void> {
  const execution = await context.api.getExecution(args.id, { logs: false });
  await printObject(context, {
    value: execution,
    name: execution.id,
    rows: [
      ['Execution', execution.id],
      ['Request', execution.requestId],
      ['Function', `${execution.project}/${execution.function}`],
      ['Version', execution.version],
      ['Alias', execution.alias],
      ['Call', `${execution.method} ${execution.path} (${execution.trigger})`],
      ['Status', execution.status],
      ['Outcome', execution.outcome],
      ['Error', errorText(execution)],
      ['Started', execution.startedAt],
      ['Took', formatDuration(execution.durationMs)],
      ['Waited before', `${formatDuration(execution.queueMs)}${coldText(execution)}`],
      ['CPU time', execution.cpuMs === null ? undefined : formatDuration(execution.cpuMs)],
      ['Peak memory', memory(execution) ?? undefined],
      ['Bytes in, out', `${execution.bytesIn}, ${execution.bytesOut}`],
      ['Instance', execution.instance ?? undefined],
      ['Request body', bodyText(execution.bodies?.request)],
      ['Response body', bodyText(execution.bodies?.response)],
    ],
  });
}

function errorText({ errorCode, errorMessage, errorComponent }: Execution): string | undefined {
  if (errorCode === null) return undefined;
  return `${errorCode} (${errorComponent ?? 'platform'})${errorMessage === null ? '' : `: ${errorMessage}`}`;
}

function coldText({ cold, rung, wakeMs }: Execution): string {
  return cold ? ` (cold start, ${rung}: ${formatDuration(wakeMs)})` : '';
}

function memory(execution: Execution): string | null {
  return execution.memoryBytes === null ? null : formatBytes(execution.memoryBytes);
}

type Body = NonNullable<ExecutionDetail['bodies']>['request'];

function bodyText(body: Body | undefined): string | undefined {
  if (!body) return undefined;
  if (body.text === null) return `${formatBytes(body.bytes)} of ${body.contentType || 'unknown type'}, not kept`;
  return `${body.text}${body.isCut ? `… (${formatBytes(body.bytes)} in all)` : ''}`;
} // prettier-ignore
