import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';
import { API_PREFIX } from '@plat/platform-kit/api/api-version.ts';
import { traceRequest } from './trace-requests.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { REQUEST_ID_HEADER, giveRequestId, sendProblem } from '@plat/platform-kit/http-server.ts';
import { acceptRequestId } from '@plat/platform-kit/ids.ts';
import { continueOnRead } from './continue-on-read.ts';
import { createCors } from './cors.ts';
import { answerFunctionPath, upgradeFunctionPath } from './function-path.ts';
import { FUNCTION_PREFIX } from './function-url.ts';
import { COMPONENT, type GatewayDeps } from './gateway-deps.ts';
import { hostRoute, ownHosts } from './host-route.ts';
import { ignoreUpgrade, isWebSocket } from './ignore-upgrade.ts';
import { malformedRequest } from './malformed-request.ts';
import { logRequest } from './request-log.ts';
import { believeForwarding, replaceHeader, stripControlHeaders } from './request-headers.ts';
import { sendSocketProblem } from './socket-problem.ts';

type Hosts = { domain: string; ownHosts: ReadonlySet<string>; isCustom: (host: string) => boolean };

const HEADER_LIMIT_BYTES = 16 * 1024;

/**
 * The listener of the public port. By host, then by path: a function's own host → the invoker's edge; `/function/…` →
 * the warm path; everything else → Express. `closeUpgraded` ends connections that are no longer HTTP.
 */
export function createGatewayServer(
  deps: GatewayDeps,
  app: Express,
): { server: Server; closeUpgraded: () => void } {
  const server = createServer({
    // Bodies may stream for as long as the function takes them; only the headers have a deadline.
    requestTimeout: 0,
    headersTimeout: 30_000,
    keepAliveTimeout: 75_000,
    maxHeaderSize: HEADER_LIMIT_BYTES,
    requireHostHeader: false,
  });
  const cors = createCors(deps.config.CORS_ORIGINS);
  const hosts: Hosts = {
    domain: deps.config.DOMAIN,
    ownHosts: ownHosts(deps.config),
    isCustom: (host) => deps.customHosts.has(host),
  };
  const { received } = deps.metrics;
  const { tracing } = deps;
  const upgraded = new Set<Duplex>();

  const refused = new WeakSet<Duplex>();
  /** Whoever sends what cannot be trusted to be understood is not listened to any further. */
  const refuse = (req: IncomingMessage, res: ServerResponse, error: PlatformError) => {
    refused.add(req.socket);
    res.setHeader('connection', 'close');
    sendProblem(res, error, COMPONENT);
  };

  const onRequest = (req: IncomingMessage, res: ServerResponse) => {
    // It came with a request that was refused; the connection closes after that one's answer.
    if (refused.has(req.socket)) return;
    const receivedAt = performance.now();
    const requestId = acceptRequestId(req.headers[REQUEST_ID_HEADER]);
    giveRequestId(res, requestId);
    logRequest(deps.logger, req, res);
    const malformed = malformedRequest(req);
    if (malformed) return refuse(req, res, malformed);
    replaceHeader(req, REQUEST_ID_HEADER, requestId);
    stripControlHeaders(req);
    believeForwarding(req, deps.config.TRUST_PROXY);
    switch (route(req, hosts)) {
      case 'malformed':
        return refuse(req, res, new PlatformError('invalid', 'The Host header is not a host.'));
      case 'edge':
        received.edge++;
        if (tracing) traceRequest(tracing, req, res, { to: 'edge', receivedAt });
        if (!deps.invoker.edge(req, res)) sendProblem(res, noSuchHost(req), COMPONENT);
        return;
      case 'function':
        received.function++;
        if (tracing) traceRequest(tracing, req, res, { to: 'function', receivedAt });
        if (!cors(req, res)) answerFunctionPath(deps, req, res, { requestId, receivedAt });
        return;
      case 'app':
        received.app++;
        if (tracing && isApi(req)) traceRequest(tracing, req, res, { to: 'api', receivedAt });
        res.setHeader(REQUEST_ID_HEADER, requestId);
        if (!cors(req, res)) app(req, res);
    }
  };

  const onUpgrade = (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!isWebSocket(req)) return ignoreUpgrade(server, req, socket, head);
    const receivedAt = performance.now();
    const requestId = acceptRequestId(req.headers[REQUEST_ID_HEADER]);
    socket.on('error', () => socket.destroy());
    const malformed = malformedRequest(req);
    if (malformed) return sendSocketProblem(socket, malformed, requestId);
    replaceHeader(req, REQUEST_ID_HEADER, requestId);
    stripControlHeaders(req);
    believeForwarding(req, deps.config.TRUST_PROXY);
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    switch (route(req, hosts)) {
      case 'edge':
        if (!deps.invoker.edgeUpgrade(req, socket, head)) {
          sendSocketProblem(socket, noSuchHost(req), requestId);
        }
        return;
      case 'function':
        upgradeFunctionPath(deps, req, { socket, head }, { requestId, receivedAt });
        return;
      case 'malformed':
      case 'app':
        sendSocketProblem(
          socket,
          new PlatformError(
            'invalid',
            'There are no WebSockets here; functions have them at /function/<name>.',
          ),
          requestId,
        );
    }
  };

  server.on('request', onRequest);
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) => {
    continueOnRead(req, res);
    onRequest(req, res);
  });
  server.on('checkExpectation', (req: IncomingMessage, res: ServerResponse) =>
    refuse(
      req,
      res,
      new PlatformError('invalid', 'The only expectation that is met here is "100-continue".'),
    ),
  );
  server.on('upgrade', onUpgrade);
  server.on('connect', (_req, socket: Duplex) =>
    sendSocketProblem(socket, new PlatformError('invalid', 'CONNECT is for proxies; this is none.')),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => onClientError(error, socket));
  return { server, closeUpgraded: () => upgraded.forEach((socket) => socket.destroy()) };
}

function route(req: IncomingMessage, hosts: Hosts): 'malformed' | 'edge' | 'function' | 'app' {
  const owner = hostRoute(req.headers.host, hosts);
  if (owner === 'malformed') return 'malformed';
  if (owner === 'function') return 'edge';
  return req.url!.startsWith(FUNCTION_PREFIX) ? 'function' : 'app';
}

function isApi(req: IncomingMessage): boolean {
  return req.url!.startsWith(`${API_PREFIX}/`);
}

function noSuchHost(req: IncomingMessage): PlatformError {
  return new PlatformError('not_found', `No function has the host "${req.headers.host}".`);
}

function onClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  const isAnswering = (socket as { _httpMessage?: ServerResponse })._httpMessage?.headersSent === true;
  if (error.code === 'ECONNRESET' || isAnswering) {
    socket.destroy();
    return;
  }
  const message =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? `The request's headers are larger than ${HEADER_LIMIT_BYTES / 1024} KiB.`
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? 'The request did not arrive in time.'
        : 'This is not a well-formed HTTP/1.1 request.';
  sendSocketProblem(socket, new PlatformError('invalid', message));
}
