import type { BuildLogLine } from '@plat/platform-kit/domain.ts';
import { CliError } from '../cli-error.ts';
import { note, type ApiContext } from '../context.ts';
import { printData } from '../output/print.ts';
import { resolveFunction } from '../target.ts';
import { stripControls } from '../terminal.ts';

export type BuildLogArgs = { name?: string; version?: number; follow?: boolean };

/** Shows the log of a build: of one version, or of the latest one. */
export async function buildLog(context: ApiContext, args: BuildLogArgs): Promise<void> {
  const key = resolveFunction(context, args.name);
  const version = args.version ?? (await context.api.getFunction(key)).latest;
  if (version === 0) throw new CliError('notFound', `${key.project}/${key.name} was never deployed.`);
  if (args.follow) {
    for await (const { event, data } of context.api.followBuildLog(key, version, context.signal)) {
      if (event === 'end') return;
      if (event === 'line') await writeLine(context, data as BuildLogLine);
    }
    throw new CliError('network', 'The stream of the build log broke off.');
  }
  const { items } = await context.api.buildLog(key, version);
  if (await printData(context, items, () => items.map((line) => `${line.text}\n`).join(''))) return;
  for (const line of items) await writeLine(context, line);
  if (items.length === 0) await note(context, `The log of version ${version} is empty.`);
}

async function writeLine(context: ApiContext, line: BuildLogLine): Promise<void> {
  if (context.format === 'json') return context.out.write(`${JSON.stringify(line)}\n`);
  const text = context.out.isTty ? stripControls(line.text) : line.text;
  const prefix = context.format === 'wide' ? `${context.outColors.dim(`${line.at} ${line.phase}`)} ` : '';
  await context.out.write(`${prefix}${text}\n`);
}
