import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CliError } from '../cli-error.ts';
import type { ApiContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { directRequest, httpRequest, isHttpCall, takesEvents, type InvokeFlags } from '../invoke-request.ts';
import { invokeDraft } from './draft.ts';
import { printAnswer } from '../output/answer.ts';
import { readPiped, readStdin } from '../stdin.ts';
import { resolveReference } from '../target.ts';

export type InvokeArgs = InvokeFlags & {
  name?: string;
  data?: string;
  file?: string;
  include?: boolean;
  draft?: boolean;
  timeout: number;
};

/** Calls a function and streams its answer to standard output. Returns the exit code: 7 for a status of 400 or above. */
export async function invoke(context: ApiContext, args: InvokeArgs): Promise<number> {
  if (args.draft && args.name !== undefined)
    throw new CliError('usage', '--draft runs the code of this folder; leave the name out.');
  const data = await readData(context, args);
  if (args.draft) return invokeDraft(context, args, data);
  const target = resolveReference(context, args.name);
  const isDirect = !isHttpCall(args) && takesEvents(await context.api.getFunction(target));
  const request = isDirect ? directRequest(target, data) : httpRequest(target, args, data);
  const startedAt = performance.now();
  const answer = await context.api.http.send(request.method, request.path, {
    body: request.body,
    headers: { 'accept-encoding': 'identity', ...request.headers },
    timeoutMs: args.timeout,
  });
  await printAnswer(context, answer, { include: args.include ?? false, timeoutMs: args.timeout, startedAt });
  return answer.status >= 400 ? EXIT_CODES.functionFailed.code : EXIT_CODES.ok.code;
}

async function readData(
  context: ApiContext,
  { data, file, method }: InvokeArgs,
): Promise<Buffer | undefined> {
  if (data !== undefined && file !== undefined) throw new CliError('usage', 'Give -d or -f, not both.');
  if (data === '@-' || file === '-') return readStdin(context);
  const from = file ?? (data?.startsWith('@') ? data.slice(1) : undefined);
  if (from !== undefined) {
    return readFile(path.resolve(context.cwd, from)).catch((error: Error) => {
      throw new CliError('usage', `${from} cannot be read: ${error.message}`, { cause: error });
    });
  }
  if (data !== undefined) return Buffer.from(data);
  return /^(get|head)$/i.test(method ?? '') ? undefined : readPiped(context);
}
