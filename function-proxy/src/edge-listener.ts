import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { giveRequestId, sendProblem } from '@plat/platform-kit/http-server.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import type { Invoker } from '@plat/platform-kit/invoker.ts';
import { COMPONENT } from './invoke.ts';
import { sendSocketProblem } from './socket-answer.ts';

const HEADER_LIMIT_BYTES = 16 * 1024;

/** The server of the public side, behind Traefik: functions by their own host, and nothing else. */
export function createEdgeListener(invoker: Invoker): Server {
  const server = createServer({
    requestTimeout: 0,
    headersTimeout: 30_000,
    keepAliveTimeout: 75_000,
    maxHeaderSize: HEADER_LIMIT_BYTES,
  });
  const refused = new WeakSet<Duplex>();
  const answer = (req: IncomingMessage, res: ServerResponse) => {
    // What was sent behind a request that could not be trusted came with it; the connection closes after its answer.
    if (refused.has(req.socket)) return;
    giveRequestId(res, newId());
    if (hasSeveralHosts(req)) {
      refused.add(req.socket);
      res.setHeader('connection', 'close');
      return sendProblem(res, severalHosts(), COMPONENT);
    }
    if (!invoker.edge(req, res)) sendProblem(res, noSuchHost(req), COMPONENT);
  };
  server.on('request', answer);
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
    continueWhenRead(req, res);
    answer(req, res);
  });
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (hasSeveralHosts(req))
      return sendSocketProblem(socket, severalHosts(), { component: COMPONENT, requestId: newId() });
    if (invoker.edgeUpgrade(req, socket, head)) return;
    sendSocketProblem(socket, noSuchHost(req), { component: COMPONENT, requestId: newId() });
  });
  return server;
}

/** RFC 9110, 10.1.1: a client that asks first is told to go on when its body is wanted, so one that is refused never sends it. */
function continueWhenRead(req: IncomingMessage, res: ServerResponse): void {
  const onListener = (event: string | symbol) => {
    if (event !== 'data' && event !== 'readable') return;
    req.off('newListener', onListener);
    if (!res.headersSent) res.writeContinue();
  };
  req.on('newListener', onListener);
}

/** Two servers in a row could each believe another one (RFC 9112, 3.2). */
function hasSeveralHosts({ rawHeaders }: IncomingMessage): boolean {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]!.toLowerCase() === 'host') count++;
  return count > 1;
}

function severalHosts(): PlatformError {
  return new PlatformError('invalid', 'The request has several Host headers.');
}

function noSuchHost(req: IncomingMessage): PlatformError {
  return new PlatformError(
    'not_found',
    `No function has the host "${(req.headers.host ?? '').slice(0, 253)}".`,
  );
}
