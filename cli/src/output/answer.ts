import { formatDuration } from '@plat/platform-kit/quantities.ts';
import { note, type ApiContext } from '../context.ts';
import type { Answer } from '../transport.ts';

/**
 * Streams a function's answer to standard output, with its head before it when asked, and says on standard error how it
 * went. Throws the platform's error when that is what came.
 */
export async function printAnswer(
  context: ApiContext,
  answer: Answer,
  options: { include: boolean; timeoutMs: number; startedAt: number },
): Promise<void> {
  const { error, body } = await context.api.http.platformError(answer);
  if (error) throw error;
  if (options.include) await writeHead(context, answer);
  if (body) await context.out.write(body);
  else
    for await (const chunk of context.api.http.chunks(answer, options.timeoutMs))
      await context.out.write(chunk);
  await report(context, answer, performance.now() - options.startedAt);
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
