import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { bearerToken, matcherOf, sendProblem } from '@plat/platform-kit/http-server.ts';
import { EDGE_PATH, INVOKE_PATH, decodeTarget, restoreEdge } from '@plat/platform-kit/invocation-headers.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import type { InvocationTarget, Invoker } from '@plat/platform-kit/invoker.ts';
import { COMPONENT } from './invoke.ts';
import { sendSocketProblem } from './socket-answer.ts';

export type GatewayListenerOptions = { app: RequestListener; invoker: Invoker; internalToken: string };

/**
 * The server of the platform's side: what the gateway passes on goes straight to the invoker, around Express;
 * everything else is the internal API.
 */
export function createGatewayListener({ app, invoker, internalToken }: GatewayListenerOptions): Server {
  const server = createServer({ requestTimeout: 0, headersTimeout: 30_000, keepAliveTimeout: 75_000 });
  const isInternalToken = matcherOf(internalToken);
  server.on('request', (req, res) => {
    const { url } = req;
    if (url !== INVOKE_PATH && url !== EDGE_PATH) return void app(req, res);
    try {
      assertGateway(req, isInternalToken);
      if (url === INVOKE_PATH) void invoker.invoke(req, res, takeTarget(req));
      else passEdge(req, res, invoker);
    } catch (error) {
      sendProblem(res, error, COMPONENT);
    }
  });
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    try {
      assertGateway(req, isInternalToken);
      if (req.url === INVOKE_PATH) void invoker.upgrade(req, socket, head, takeTarget(req));
      else if (req.url === EDGE_PATH) passEdgeUpgrade(req, { socket, head }, invoker);
      else throw new PlatformError('not_found', 'There is nothing to upgrade here.');
    } catch (error) {
      sendSocketProblem(socket, error, { component: COMPONENT, requestId: newId() });
    }
  });
  return server;
}

function assertGateway(req: IncomingMessage, isInternalToken: (given: string) => boolean): void {
  const given = bearerToken(req.headers.authorization);
  if (given === undefined || !isInternalToken(given))
    throw new PlatformError('unauthenticated', 'This route is internal to the platform.');
}

/** The target's own headers, and with them the token, are among those that are never passed on. */
function takeTarget(req: IncomingMessage): InvocationTarget {
  const target = decodeTarget(req.headers);
  if (target.trigger !== 'edge') return target;
  throw new PlatformError('invalid', `Requests to a function's own host go to ${EDGE_PATH}.`);
}

function passEdge(req: IncomingMessage, res: ServerResponse, invoker: Invoker): void {
  restoreEdge(req);
  if (!invoker.edge(req, res)) throw noSuchHost(req);
}

function passEdgeUpgrade(
  req: IncomingMessage,
  { socket, head }: { socket: Duplex; head: Buffer },
  invoker: Invoker,
): void {
  restoreEdge(req);
  if (!invoker.edgeUpgrade(req, socket, head)) throw noSuchHost(req);
}

function noSuchHost(req: IncomingMessage): PlatformError {
  return new PlatformError(
    'not_found',
    `No function has the host "${(req.headers.host ?? '').slice(0, 253)}".`,
  );
}
