import { STATUS_CODES, request, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { REQUEST_ID_HEADER } from '@plat/platform-kit/http-server.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { returnedHeaders } from './forwarded-headers.ts';
import { serviceTarget } from './service-target.ts';
import { sendSocketProblem } from './socket-problem.ts';

/** How long the other side may take to accept the upgrade; waking the function is part of it. */
const ACCEPT_TIMEOUT_MS = 5 * 60_000;

/** Forwards a request for an upgrade and, once it is accepted, joins the two connections. Resolves when both are closed. */
export function forwardUpgrade(
  { url }: { url: string },
  { req, socket, head }: { req: IncomingMessage; socket: Duplex; head: Buffer },
  { path, headers }: { path: string; headers: string[] },
): Promise<void> {
  return new Promise((resolve) => {
    const upstream = request({
      ...serviceTarget(url, path),
      agent: false,
      method: req.method,
      headers: [...headers, 'connection', 'Upgrade', 'upgrade', req.headers.upgrade ?? 'websocket'],
      timeout: ACCEPT_TIMEOUT_MS,
    });
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      upstream.destroy();
      resolve();
    });
    upstream.on('timeout', () => upstream.destroy(new Error('no answer in time')));
    upstream.on('error', (cause) => {
      const requestId = req.headers[REQUEST_ID_HEADER];
      const error = new PlatformError('unreachable', 'The function-proxy cannot be reached. Is it running?', {
        cause,
      });
      sendSocketProblem(socket, error, typeof requestId === 'string' ? requestId : undefined);
    });
    upstream.on('upgrade', (res, other, firstBytes) => {
      other.setTimeout(0);
      socket.write(headText(res, ['connection', 'Upgrade', 'upgrade', res.headers.upgrade ?? 'websocket']));
      if (firstBytes.length > 0) socket.write(firstBytes);
      if (head.length > 0) other.write(head);
      other.on('error', () => socket.destroy());
      other.once('close', () => socket.destroy());
      socket.once('close', () => other.destroy());
      socket.pipe(other).pipe(socket);
    });
    upstream.on('response', (res) => {
      socket.write(headText(res, ['connection', 'close']));
      res.on('error', () => socket.destroy());
      res.pipe(socket);
    });
    upstream.end();
  });
}

function headText(res: IncomingMessage, more: string[]): string {
  const headers = [
    ...returnedHeaders(res.rawHeaders, {
      requestId: String(res.headers[REQUEST_ID_HEADER] ?? ''),
      isChunked: false,
    }),
    ...more,
  ];
  const lines = [`HTTP/1.1 ${res.statusCode} ${STATUS_CODES[res.statusCode ?? 0] ?? ''}`];
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
