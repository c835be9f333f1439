import type { Execution } from '@plat/platform-kit/domain.ts';
import { formatBytes, formatDuration } from '@plat/platform-kit/quantities.ts';
import { note, type ApiContext } from '../context.ts';
import { age } from '../output/age.ts';
import { printList, printObject } from '../output/print.ts';
import { resolveFunction } from '../target.ts';

export type ExecutionsArgs = {
  name?: string;
  outcome?: Execution['outcome'];
  requestId?: string;
  version?: number;
  limit?: number;
  before?: string;
};

/** Lists calls, newest first: of one function, or of the project. */
export async function executionsLs(context: ApiContext, args: ExecutionsArgs): Promise<void> {
  const { name, ...query } = args;
  const isOne = name !== undefined || context.projectFile.name !== undefined;
  const key = isOne ? resolveFunction(context, name) : undefined;
  const { outcome, requestId, version, limit, before } = query;
  const page = await context.api.listExecutions({
    project: key?.project ?? context.settings.project,
    function: key?.name,
    outcome,
    requestId,
    version,
    limit,
    before,
  });
  await printList(context, {
    items: page.items,
    name: (execution) => execution.id,
    empty: 'There are no executions.',
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
}

/** Shows one call; `id` is its own or that of the request. */
export async function executionsShow(context: ApiContext, args: { id: string }): Promise<void> {
  const execution = await context.api.getExecution(args.id);
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
      ['Error', execution.errorCode ?? undefined],
      ['Started', execution.startedAt],
      ['Took', formatDuration(execution.durationMs)],
      ['Waited before', `${formatDuration(execution.queueMs)}${execution.cold ? ' (cold start)' : ''}`],
      ['CPU time', execution.cpuMs === null ? undefined : formatDuration(execution.cpuMs)],
      ['Peak memory', memory(execution) ?? undefined],
      ['Bytes in, out', `${execution.bytesIn}, ${execution.bytesOut}`],
      ['Instance', execution.instance ?? undefined],
    ],
  });
}

function memory(execution: Execution): string | null {
  return execution.memoryBytes === null ? null : formatBytes(execution.memoryBytes);
}
