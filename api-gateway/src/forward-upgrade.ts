import { STATUS_CODES, request, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { REQUEST_ID_HEADER } from '@plat/platform-kit/http-server.ts';
import type { PlatformError } from '@plat/platform-kit/errors.ts';
import { returnedHeaders } from './forwarded-headers.ts';
import { proxyAway, unreachable } from './proxy-errors.ts';
import { isConnectionFailure, type ProxyGate } from './proxy-gate.ts';
import { serviceTarget } from './service-target.ts';
import { sendSocketProblem } from './socket-problem.ts';

/** How long the other side may take to accept the upgrade; waking the function is part of it. */
const ACCEPT_TIMEOUT_MS = 5 * 60_000;

type Upgrade = { req: IncomingMessage; socket: Duplex; head: Buffer };
type UpgradeBy = { url: string; gate: ProxyGate; holdMs: number };

/**
 * Forwards a request for an upgrade and, once it is accepted, joins the two connections. Resolves when both are closed.
 * While the other side takes no connections the request is held, for `holdMs` at most.
 */
export async function forwardUpgrade(
  by: UpgradeBy,
  upgrade: Upgrade,
  to: { path: string; headers: string[] },
): Promise<void> {
  const { req, socket } = upgrade;
  const left = new AbortController();
  socket.on('error', () => socket.destroy());
  socket.once('close', () => left.abort());
  const heldUntil = performance.now() + by.holdMs;
  for (;;) {
    const failure = await tryUpgrade(by, upgrade, to);
    if (!failure || socket.destroyed) return;
    if (failure.isConnected || !isConnectionFailure(failure.cause)) return refuse(unreachable(failure.cause));
    const isBack = await by.gate.wait(heldUntil - performance.now(), left.signal);
    if (socket.destroyed) return;
    if (!isBack) return refuse(proxyAway(by.holdMs, failure.cause));
  }

  function refuse(error: PlatformError): void {
    const requestId = req.headers[REQUEST_ID_HEADER];
    sendSocketProblem(socket, error, typeof requestId === 'string' ? requestId : undefined);
  }
}

/** Resolves when the connections are closed, or with why the request was not answered. */
function tryUpgrade(
  { url }: UpgradeBy,
  { req, socket, head }: Upgrade,
  { path, headers }: { path: string; headers: string[] },
): Promise<{ isConnected: boolean; cause: Error } | undefined> {
  return new Promise((resolve) => {
    let isConnected = false;
    const upstream = request({
      ...serviceTarget(url, path),
      agent: false,
      method: req.method,
      headers: [...headers, 'connection', 'Upgrade', 'upgrade', req.headers.upgrade ?? 'websocket'],
      timeout: ACCEPT_TIMEOUT_MS,
    });
    socket.once('close', () => {
      upstream.destroy();
      resolve(undefined);
    });
    upstream.on('socket', (connection) => connection.once('connect', () => (isConnected = true)));
    upstream.on('timeout', () => upstream.destroy(new Error('no answer in time')));
    upstream.on('error', (cause) => resolve({ isConnected, cause }));
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
