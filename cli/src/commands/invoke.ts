import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { formatDuration } from '@plat/platform-kit/quantities.ts';
import { CliError } from '../cli-error.ts';
import { note, type ApiContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { directRequest, httpRequest, isHttpCall, takesEvents, type InvokeFlags } from '../invoke-request.ts';
import { readPiped, readStdin } from '../stdin.ts';
import { resolveReference } from '../target.ts';
import type { Answer } from '../transport.ts';

export type InvokeArgs = InvokeFlags & {
  name?: string;
  data?: string;
  file?: string;
  include?: boolean;
  timeout: number;
};

/** Calls a function and streams its answer to standard output. Returns the exit code: 7 for a status of 400 or above. */
export async function invoke(context: ApiContext, args: InvokeArgs): Promise<number> {
  const target = resolveReference(context, args.name);
  const data = await readData(context, args);
  const isDirect = !isHttpCall(args) && takesEvents(await context.api.getFunction(target));
  const request = isDirect ? directRequest(target, data) : httpRequest(target, args, data);
  const startedAt = performance.now();
  const answer = await context.api.http.send(request.method, request.path, {
    body: request.body,
    headers: { 'accept-encoding': 'identity', ...request.headers },
    timeoutMs: args.timeout,
  });
  const { error, body } = await context.api.http.platformError(answer);
  if (error) throw error;
  if (args.include) await writeHead(context, answer);
  if (body) await context.out.write(body);
  else
    for await (const chunk of context.api.http.chunks(answer, args.timeout)) await context.out.write(chunk);
  await report(context, answer, performance.now() - startedAt);
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

async function writeHead(context: ApiContext, answer: Answer): Promise<void> {
  const lines = answer.rawHeaders.map(([name, value]) => `${name}: ${value}\n`).join('');
  await context.out.write(`HTTP/1.1 ${answer.status} ${answer.statusText}\n${lines}\n`);
}

async function report(context: ApiContext, answer: Answer, ms: number): Promise<void> {
  const { green, red, dim } = context.colors;
  const status = `${answer.status} ${answer.statusText}`.trim();
  const id = answer.header('x-request-id');
  const gap = context.out.isTty ? '\n' : '';
  await note(
    context,
    `${gap}${answer.status < 400 ? green(status) : red(status)} ${dim(`in ${formatDuration(ms)}${id ? `, request ${id}` : ''}`)}`,
  );
}
