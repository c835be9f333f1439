import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEM_CONTENT_TYPE, toProblem } from '@plat/platform-kit/errors.ts';
import { newId } from '@plat/platform-kit/ids.ts';

/** Answers with problem+json where there is a socket but no response object (upgrades, broken requests), and closes. */
export function sendSocketProblem(socket: Duplex, error: unknown, requestId: string = newId()): void {
  socket.on('error', () => socket.destroy());
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const problem = toProblem(error, { component: 'api-gateway', requestId });
  const body = JSON.stringify(problem);
  const retryAfter = problem.details?.retryAfterSeconds;
  const lines = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Error'}`,
    `content-type: ${PROBLEM_CONTENT_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${requestId}`,
    ...(problem.status === 401 ? ['www-authenticate: Bearer realm="plat"'] : []),
    ...(retryAfter === undefined ? [] : [`retry-after: ${Math.max(1, Math.ceil(retryAfter))}`]),
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
