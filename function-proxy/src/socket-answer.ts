import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEM_CONTENT_TYPE, toProblem } from '@plat/platform-kit/errors.ts';

/** The head of a response, for a socket that no `ServerResponse` writes to. `headers`: names and values in turn. */
export function responseHead(
  status: number,
  statusMessage: string | undefined,
  headers: readonly string[],
): string {
  const lines = [`HTTP/1.1 ${status} ${statusMessage || (STATUS_CODES[status] ?? '')}`];
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Answers on a raw socket, before any upgrade happened, and closes it. */
export function sendSocketProblem(
  socket: Duplex,
  error: unknown,
  context: { component: string; requestId: string },
): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const problem = toProblem(error, context);
  const body = JSON.stringify(problem);
  const retryAfter = problem.details?.retryAfterSeconds;
  const headers = ['content-type', PROBLEM_CONTENT_TYPE, 'content-length', String(Buffer.byteLength(body))];
  headers.push('x-request-id', context.requestId, 'connection', 'close');
  if (retryAfter !== undefined) headers.push('retry-after', String(Math.max(1, Math.ceil(retryAfter))));
  socket.end(responseHead(problem.status, problem.title, headers) + body);
}
