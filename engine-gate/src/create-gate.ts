import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { enginePath, findRule, type Rule, type RuleContext } from './rules.ts';

export type GateOptions = RuleContext & {
  service: string;
  rules: readonly Rule[];
  engineSocket: string;
  logger: Logger;
};

const BODY_LIMIT_BYTES = 4 * 1024 ** 2;
/** Hop-by-hop (RFC 9110, 7.6.1). Without them the engine never takes the connection over (attach, exec). */
const HOP_HEADERS = ['connection', 'upgrade', 'keep-alive', 'te', 'trailer', 'proxy-authorization'];

/**
 * The engine's API as one service may use it. What no rule allows is 403 with the engine's own shape of errors
 * (`{message}`) and a line in the log; when the engine does not answer, the connection breaks, as its socket would.
 */
export function createGate(options: GateOptions): Server {
  const server = createServer({ requestTimeout: 0, headersTimeout: 30_000 });
  server.on('request', (req, res) => {
    answer(req, res, options).catch((error: unknown) => {
      options.logger.warn({ err: error, service: options.service }, 'the engine could not be asked');
      res.destroy();
    });
  });
  server.on('upgrade', (_req, socket) => socket.destroy());
  return server;
}

async function answer(req: IncomingMessage, res: ServerResponse, options: GateOptions): Promise<void> {
  const url = new URL(req.url ?? '/', 'http://engine');
  const path = enginePath(url.pathname);
  const found = path === undefined ? undefined : findRule(options.rules, req.method ?? 'GET', path);
  if (!found) return refuse(req, res, options, `this is not among what the ${options.service} does`);
  const { rule, params } = found;
  const text = rule.readsBody ? await readBody(req) : undefined;
  let body: unknown;
  try {
    body = text === undefined ? undefined : (JSON.parse(text.toString() || 'null') as unknown);
  } catch {
    return refuse(req, res, options, 'the body is not JSON');
  }
  const refusal = await rule.check?.({ params, query: url.searchParams, body }, options);
  if (refusal !== undefined) return refuse(req, res, options, refusal);
  forward(req, res, { socketPath: options.engineSocket, path: `${url.pathname}${url.search}`, body: text });
}

function forward(
  req: IncomingMessage,
  res: ServerResponse,
  to: { socketPath: string; path: string; body: Buffer | undefined },
): void {
  const headers = { ...req.headers };
  for (const name of HOP_HEADERS) delete headers[name];
  if (to.body !== undefined) {
    delete headers['transfer-encoding'];
    headers['content-length'] = String(to.body.length);
  }
  const upstream = request({ socketPath: to.socketPath, path: to.path, method: req.method, headers });
  upstream.on('response', (response) => {
    const { connection: _connection, 'keep-alive': _keepAlive, ...rest } = response.headers;
    res.writeHead(response.statusCode ?? 502, rest);
    // Streams (events, logs) say that they are open long before they say anything.
    res.flushHeaders();
    response.pipe(res);
    response.on('error', () => res.destroy());
  });
  upstream.on('error', () => res.destroy());
  res.on('close', () => upstream.destroy());
  if (to.body !== undefined) upstream.end(to.body);
  else req.pipe(upstream);
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_LIMIT_BYTES) throw new Error('The body of a request to the engine is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refuse(req: IncomingMessage, res: ServerResponse, options: GateOptions, reason: string): void {
  const { service, logger } = options;
  logger.warn({ service, method: req.method, path: req.url?.split('?')[0], reason }, 'refused');
  const text = JSON.stringify({
    message: `The engine-gate refuses ${req.method} ${req.url?.split('?')[0]}: ${reason}.`,
  });
  res.writeHead(403, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  });
  res.end(text);
}
