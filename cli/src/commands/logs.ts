import type { LogLine } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { backoffMs, pause } from '@plat/platform-kit/waiting.ts';
import { CliError } from '../cli-error.ts';
import { note, type ApiContext } from '../context.ts';
import { printData } from '../output/print.ts';
import { resolveFunction } from '../target.ts';
import { stripControls } from '../terminal.ts';

export type LogsArgs = {
  name?: string;
  follow?: boolean;
  since?: string;
  tail?: number;
  requestId?: string;
  version?: number;
  until?: string;
  search?: string;
  instance?: string;
  stream?: LogLine['stream'];
};

const MAX_FAILURES = 8;

/** Shows what a function printed; with `follow` until the user stops it. */
export async function logs(context: ApiContext, args: LogsArgs): Promise<void> {
  const key = resolveFunction(context, args.name);
  const { since, tail, requestId, version, until, search: q, instance, stream } = args;
  const query = { since, tail, requestId, version, until, q, instance, stream };
  if (!args.follow) {
    const { items } = await context.api.logs(key, query);
    if (await printData(context, items, () => items.map((line) => `${line.text}\n`).join(''))) return;
    for (const line of items) await writeLine(context, line);
    if (items.length === 0) await note(context, 'There are no log lines.');
    return;
  }
  let lastAt: string | undefined;
  const atLast = new Set<string>();
  for (let failures = 0; ;) {
    try {
      const resumed = lastAt === undefined ? query : { ...query, since: lastAt, tail: undefined };
      for await (const { event, data } of context.api.followLogs(key, resumed, context.signal)) {
        if (event !== 'line') continue;
        failures = 0;
        const line = data as LogLine;
        const id = JSON.stringify(line);
        if (line.at === lastAt && atLast.has(id)) continue;
        if (line.at !== lastAt) atLast.clear();
        lastAt = line.at;
        atLast.add(id);
        await followLine(context, line);
      }
    } catch (error) {
      context.signal.throwIfAborted();
      if (!isCut(error) || failures >= MAX_FAILURES) throw error;
    }
    if (++failures > MAX_FAILURES)
      throw new CliError('network', 'The log stream breaks off again and again.');
    await pause(backoffMs(failures, { baseMs: 250, maxMs: 5000 }), context.signal);
    context.signal.throwIfAborted();
  }
}

function isCut(error: unknown): boolean {
  if (error instanceof CliError) return error.exit === 'network';
  return error instanceof PlatformError && ['unreachable', 'unavailable'].includes(error.code);
}

async function followLine(context: ApiContext, line: LogLine): Promise<void> {
  switch (context.format) {
    case 'json':
      return context.out.write(`${JSON.stringify(line)}\n`);
    case 'yaml': {
      await context.out.write('---\n');
      await printData(context, line, () => '');
      return;
    }
    case 'name':
      return context.out.write(`${line.text}\n`);
    case 'table':
    case 'wide':
      return writeLine(context, line);
  }
}

async function writeLine(context: ApiContext, line: LogLine): Promise<void> {
  const { dim, yellow } = context.outColors;
  const wide = context.format === 'wide' ? ` ${line.instance} ${line.stream} ${line.requestId ?? '-'}` : '';
  const text = context.out.isTty ? stripControls(line.text) : line.text;
  const shown = line.stream === 'stderr' ? yellow(text) : text;
  await context.out.write(`${dim(`${line.at} v${line.version}${wide}`)} ${shown}\n`);
}
