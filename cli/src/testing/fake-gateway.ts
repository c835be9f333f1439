import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BuildLogLine, VersionRecord } from '@plat/platform-kit/domain.ts';
import { ERRORS, PROBLEM_CONTENT_TYPE, type ErrorCode } from '@plat/platform-kit/errors.ts';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { SCALE_DEFAULTS } from '@plat/platform-kit/scale-policy.ts';

export type Received = { method: string; path: string; headers: IncomingMessage['headers']; body: Buffer };
export type Reply = (res: ServerResponse, request: Received) => void | Promise<void>;

export type FakeGateway = {
  url: string;
  received: Received[];
  /** Answers `METHOD /path` (without query) from now on; the last one given counts. */
  on: (route: string, reply: Reply) => void;
  close: () => Promise<void>;
};

const REQUEST_ID = 'request-1';

/** A gateway that answers as it is told, over real HTTP. What it was not told is `not_found`. */
export async function startFakeGateway(): Promise<FakeGateway> {
  const routes = new Map<string, Reply>();
  const received: Received[] = [];
  const server = createServer((req, res) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
      const url = req.url ?? '/';
      const request = { method: req.method!, path: url, headers: req.headers, body: Buffer.concat(chunks) };
      received.push(request);
      res.setHeader('x-request-id', REQUEST_ID);
      const reply =
        routes.get(`${req.method} ${url.split('?')[0]}`) ?? problem('not_found', `There is no ${url}.`);
      await reply(res, request);
    })().catch(() => res.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    on: (route, reply) => void routes.set(route, reply),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function json(body: unknown, status = 200): Reply {
  return (res) =>
    void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function problem(code: ErrorCode, detail: string, component = 'api-gateway'): Reply {
  const { status, title } = ERRORS[code];
  const body = {
    type: `urn:plat:error:${code}`,
    title,
    status,
    code,
    component,
    detail,
    requestId: REQUEST_ID,
  };
  return (res) =>
    void res.writeHead(status, { 'content-type': PROBLEM_CONTENT_TYPE }).end(JSON.stringify(body));
}

/** An event stream; `cut` breaks the connection off after the last event instead of ending it. */
export function events(list: [event: string, data: unknown][], options: { cut?: boolean } = {}): Reply {
  return async (res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const [event, data] of list) res.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (!options.cut) return void res.end();
    await new Promise((resolve) => setTimeout(resolve, 20));
    res.destroy();
  };
}

const CONFIG = {
  runtime: 'node', contract: 'handler', handler: 'index.handler', memoryMb: 128, cpus: 1, timeoutMs: 30_000,
  concurrency: 100, env: {}, scale: { ...SCALE_DEFAULTS }, edge: 'proxy', keepBodies: 'off',
} as const; // prettier-ignore

const TIME = '2026-01-01T00:00:00.000Z';

export function versionRecord(more: Partial<VersionRecord> = {}): VersionRecord {
  return {
    functionId: 'f1', project: 'default', function: 'hello', number: 3, state: 'ready', config: { ...CONFIG },
    sourceDigest: 'sha256:00', sourceBytes: 1024, imageId: null, imageReused: false, imageRef: null, promote: true, error: null,
    createdBy: 'admin', createdAt: TIME, buildStartedAt: null, builtAt: null, finishedAt: null, ...more,
  }; // prettier-ignore
}

export function functionView(more: Partial<FunctionView> = {}): FunctionView {
  return {
    id: 'f1', project: 'default', name: 'hello', state: 'active', latest: 3,
    aliases: [{ name: 'live', weights: [{ version: 3, weight: 100 }], updatedAt: TIME }], versions: [], domains: [],
    createdAt: TIME, updatedAt: TIME, url: 'http://plat.test/function/hello', host: 'default-hello.platform.test',
    hostUrl: 'http://default-hello.localhost', live: { ...CONFIG }, status: 'active', ...more,
  }; // prettier-ignore
}

export function buildLogLine(text: string): BuildLogLine {
  return { at: TIME, phase: 'building', text };
}
