import { createHash, timingSafeEqual } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express';
import {
  ERRORS,
  PROBLEM_CONTENT_TYPE,
  PlatformError,
  toPlatformError,
  toProblem,
  type ErrorCode,
} from './errors.ts';
import { closeServer, type CloseOptions } from './close-server.ts';
import { acceptRequestId } from './ids.ts';
import type { Logger } from './logging.ts';
import { clearSocketPath, socketError } from './socket-path.ts';
import type { ServiceMetrics } from './telemetry/service-metrics.ts';
import { endUnread, hasUnreadBody } from './unread-body.ts';

/** The request id travels between services in this header, and only in this one. */
export const REQUEST_ID_HEADER = 'x-request-id';

export type Running = { url: string; close: () => Promise<void> };

/** Compares two secrets without telling by time where they differ. */
export function secretsEqual(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

/** The same for one secret that is compared with many: the time tells its length and nothing else. */
export function matcherOf(secret: string): (given: string) => boolean {
  const expected = Buffer.from(secret);
  return (given) => {
    const received = Buffer.from(given);
    return received.length === expected.length && timingSafeEqual(received, expected);
  };
}

/** The secret of `Authorization: Bearer <secret>` (RFC 6750; the scheme's case does not matter), or undefined. */
export function bearerToken(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^bearer +([^\s,]+)$/i.exec(header.trim())?.[1];
}

const GIVEN_ID = Symbol('request id');
type Identified = ServerResponse & { [GIVEN_ID]?: string };

/**
 * Says under which id a request is answered, without setting a header: a response that has one set already takes the
 * slow way through `writeHead`. Who writes the head adds `x-request-id`; {@link sendProblem} does.
 */
export function giveRequestId(res: ServerResponse, id: string): void {
  (res as Identified)[GIVEN_ID] = id;
}

/** The id a request is answered under; empty when it has none. */
export function requestId(res: ServerResponse): string {
  return (res as Identified)[GIVEN_ID] ?? String(res.getHeader(REQUEST_ID_HEADER) ?? '');
}

/** Writes an error as problem+json. Does nothing when an answer is already under way, except to break it off. */
export function sendProblem(res: ServerResponse, error: unknown, component: string): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const id = requestId(res);
  const problem = toProblem(error, { component, requestId: id });
  const retryAfter = problem.details?.retryAfterSeconds;
  if (retryAfter !== undefined) res.setHeader('retry-after', String(Math.max(1, Math.ceil(retryAfter))));
  if (problem.status === 401) res.setHeader('www-authenticate', 'Bearer realm="plat"');
  const text = JSON.stringify(problem);
  const body = res.req.method === 'HEAD' ? undefined : text;
  const isUnread = hasUnreadBody(res.req);
  if (isUnread) res.setHeader('connection', 'close');
  res.writeHead(problem.status, {
    'content-type': PROBLEM_CONTENT_TYPE,
    'content-length': Buffer.byteLength(text),
    ...(id === '' ? {} : { [REQUEST_ID_HEADER]: id }),
  });
  if (isUnread) endUnread(res, body);
  else res.end(body);
}

/** Gives every request an id and logs one line when it is answered. */
export function logRequests(logger: Logger): RequestHandler {
  return (req, res, next) => {
    const id = acceptRequestId(req.headers[REQUEST_ID_HEADER]);
    res.setHeader(REQUEST_ID_HEADER, id);
    const startedAt = performance.now();
    res.once('close', () => {
      const level = res.statusCode >= 500 ? 'warn' : 'debug';
      const ms = Math.round((performance.now() - startedAt) * 10) / 10;
      logger[level](
        {
          requestId: id,
          method: req.method,
          path: req.originalUrl.split('?')[0],
          status: res.statusCode,
          ms,
        },
        'request',
      );
    });
    next();
  };
}

/** Only those who know the platform's internal token pass; used for everything under `/internal`. */
export function requireInternalToken(internalToken: string): RequestHandler {
  return (req, _res, next) => {
    const given = bearerToken(req.headers.authorization);
    if (given === undefined || !secretsEqual(given, internalToken)) {
      throw new PlatformError('unauthenticated', 'This route is internal to the platform.');
    }
    next();
  };
}

/** Express 5 hands thrown errors on to here; the one place where a service maps them to an answer. */
export function problemHandler(component: string, logger: Logger): ErrorRequestHandler {
  return (error: unknown, _req, res, _next) => {
    const known = fromExpress(error);
    // What was given up because the caller left is nobody's error.
    const isGivenUp = res.closed && (error as Partial<Error>).name === 'AbortError';
    if (known.code === 'internal' && !isGivenUp)
      logger.error({ err: known.cause ?? known, requestId: requestId(res) }, 'unexpected error');
    sendProblem(res, known, component);
  };
}

/** body-parser and the router throw errors of their own with a `status`; they are the caller's fault, not ours. */
function fromExpress(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  const { status, type, message } = error as { status?: number; type?: string; message?: string };
  if (type === 'entity.parse.failed')
    return new PlatformError('invalid', `The body is not valid JSON: ${message ?? ''}.`);
  if (status === 413) return new PlatformError('too_large', 'The body is larger than this route takes.');
  if (status !== undefined && status >= 400 && status < 500) {
    return new PlatformError('invalid', `The request cannot be read: ${message ?? 'malformed'}.`);
  }
  return toPlatformError(error);
}

/**
 * An Express app as every internal service has it: `/healthz` for anyone; for the platform alone `router` under
 * `/internal`, and `metrics` as `/metrics`.
 */
export function createInternalApp(options: {
  component: string;
  internalToken: string;
  logger: Logger;
  router: Router;
  metrics?: ServiceMetrics | undefined;
}): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(logRequests(options.logger));
  if (options.metrics) app.use(options.metrics.timeRequests);
  app.get('/healthz', (_req, res) => void res.json({ status: 'ok', component: options.component }));
  if (options.metrics)
    app.get('/metrics', requireInternalToken(options.internalToken), options.metrics.answer);
  app.use(
    '/internal',
    requireInternalToken(options.internalToken),
    express.json({ limit: '4mb', strict: false }),
    options.router,
  );
  app.use((req) => {
    throw new PlatformError('not_found', `There is no route ${req.method} ${req.path}.`);
  });
  app.use(problemHandler(options.component, options.logger));
  return app;
}

/**
 * Connections that may wait to be accepted; the system's own limit, 4096 on Linux, where it is lower. Beyond it a Unix
 * socket refuses at once (EAGAIN), and TCP tries again after a second.
 */
const BACKLOG = 4096;

/**
 * Listens on `unix:/path.sock` (mode 0600, a stale socket is replaced) or `http://host:port` (port 0: any free one).
 * `close` stops accepting, lets running requests finish for up to `drainMs` (10 s), then cuts what is left.
 */
export async function listen(
  handler: RequestListener | Server,
  at: string,
  options: Partial<CloseOptions> = {},
): Promise<Running & { server: Server }> {
  const server = typeof handler === 'function' ? createServer(handler) : handler;
  const socketPath = at.startsWith('unix:') ? at.slice(5) : undefined;
  const target = socketPath
    ? { path: socketPath }
    : { host: new URL(at).hostname.replace(/^\[|\]$/g, ''), port: Number(new URL(at).port || 80) };
  const open = () =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ ...target, backlog: BACKLOG }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  if (!socketPath) await open();
  else
    await clearSocketPath(socketPath)
      .then(open)
      .then(() => chmod(socketPath, 0o600))
      .catch((error: Error) => {
        throw socketError(socketPath, error);
      });
  const address = server.address() as AddressInfo | string;
  const url =
    typeof address === 'string'
      ? `unix:${address}`
      : `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  let closing: Promise<void> | undefined;
  return {
    server,
    url,
    close: () => (closing ??= closeServer(server, sockets, { drainMs: 10_000, lingerMs: 0, ...options })),
  };
}

/** Status of a code, for the few places outside of `sendProblem` that need it. */
export function statusOf(code: ErrorCode): number {
  return ERRORS[code].status;
}

export type { IncomingMessage, ServerResponse };
