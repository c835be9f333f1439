import type { DraftResult } from '@plat/platform-kit/api/drafts-api.ts';
import { formatBytes, formatDuration } from '@plat/platform-kit/quantities.ts';
import { CliError } from '../cli-error.ts';
import { note, type ApiContext } from '../context.ts';
import { planDeploy } from '../deploy-plan.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { isHttpCall, type InvokeFlags } from '../invoke-request.ts';
import { printData } from '../output/print.ts';
import { packSource, sourceForm } from '../source-upload.ts';
import { stripControls } from '../terminal.ts';

/** Runs the code of this folder once, without deploying it. The answer goes to standard output, what it printed to standard error. */
export async function invokeDraft(
  context: ApiContext,
  args: InvokeFlags,
  data: Buffer | undefined,
): Promise<number> {
  const { folder, project, config } = await planDeploy(context, context.cwd, {});
  const call = isHttpCall(args) ? (['request', requestOf(args, data)] as const) : (['event', eventOf(data)] as const);
  const upload = await packSource(folder, context.signal);
  let result: DraftResult;
  try {
    const parts = [['config', config], call] as const;
    result = await context.api.testDraft(project, sourceForm(upload, parts));
  } finally {
    await upload.remove();
  }
  const exit = result.error !== null || result.status >= 400 ? EXIT_CODES.functionFailed.code : EXIT_CODES.ok.code;
  if (await printData(context, result, () => `${result.requestId}\n`)) return exit;
  for (const line of result.logs) await note(context, context.colors.dim(stripControls(line.text)));
  await context.out.write(Buffer.from(result.body, result.isBase64 ? 'base64' : 'utf8'));
  await note(context, summary(context, result));
  return exit;
} // prettier-ignore

function requestOf(args: InvokeFlags, data: Buffer | undefined) {
  const query = new URLSearchParams(args.query ?? []).toString();
  const route = args.path ?? '/';
  return {
    method: (args.method ?? (data === undefined ? 'GET' : 'POST')).toUpperCase(),
    path: `${route.startsWith('/') ? route : `/${route}`}${query && `?${query}`}`,
    headers: Object.fromEntries(args.header ?? []),
    ...(data === undefined ? {} : { body: data.toString('utf8') }),
  };
}

function eventOf(data: Buffer | undefined): unknown {
  if (data === undefined || data.length === 0) return {};
  try {
    return JSON.parse(data.toString('utf8'));
  } catch (cause) {
    throw new CliError('usage', `The event is not JSON: ${(cause as Error).message}`, { cause });
  }
}

function summary(context: ApiContext, result: DraftResult): string {
  const { green, red, dim } = context.colors;
  const state = result.error ? red(`${result.error.code}: ${result.error.message}`) : green(String(result.status));
  const used = [
    `built in ${formatDuration(result.buildMs)}`,
    `started in ${formatDuration(result.startMs)}`,
    `ran ${formatDuration(result.durationMs)}`,
    ...(result.cpuMs === null ? [] : [`CPU ${formatDuration(result.cpuMs)}`]),
    ...(result.memoryBytes === null ? [] : [`memory ${formatBytes(result.memoryBytes)}`]),
  ];
  return `${context.out.isTty ? '\n' : ''}${state} ${dim(used.join(', '))}`;
} // prettier-ignore
