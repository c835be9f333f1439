import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, type Duplex, type Readable } from 'node:stream';
import { Pool, type Dispatcher } from 'undici';
import { EDGE_PATH, INVOKE_PATH, encodeEdge, encodeTarget } from '@plat/platform-kit/invocation-headers.ts';
import type { InvocationTarget, Invoker } from '@plat/platform-kit/invoker.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { forwardedHeaders } from './forwarded-headers.ts';
import { forwardUpgrade } from './forward-upgrade.ts';
import { Forwarding } from './forwarding.ts';

export type HttpInvokerOptions = { url: string; internalToken: string; logger: Logger };

/**
 * Longest wait for the head of an answer. The proxy has deadlines of its own (waking, the function's timeout) and
 * answers when they pass; this one is for a proxy that no longer answers at all.
 */
const HEAD_TIMEOUT_MS = 20 * 60_000;

/** The data plane in another process: every invocation is one request to the function-proxy, streamed both ways. */
export class HttpInvoker implements Invoker {
  readonly #options: HttpInvokerOptions;
  readonly #pool: Pool;
  readonly #authorization: string;

  constructor(options: HttpInvokerOptions) {
    this.#options = options;
    this.#authorization = `Bearer ${options.internalToken}`;
    const socketPath = options.url.startsWith('unix:') ? options.url.slice(5) : undefined;
    this.#pool = new Pool(socketPath ? 'http://localhost' : new URL(options.url).origin, {
      headersTimeout: HEAD_TIMEOUT_MS,
      bodyTimeout: 0,
      ...(socketPath ? { socketPath } : {}),
    });
  }

  invoke(req: IncomingMessage, res: ServerResponse, target: InvocationTarget): Promise<void> {
    return this.#forward(req, res, { path: INVOKE_PATH, extra: encodeTarget(target) });
  }

  async upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, target: InvocationTarget): Promise<void> {
    await forwardUpgrade(
      this.#options,
      { req, socket, head },
      this.#upgradeTo(req, INVOKE_PATH, encodeTarget(target)),
    );
  }

  /** Always true: only the proxy knows the hosts, and it answers for those that are nobody's. */
  edge(req: IncomingMessage, res: ServerResponse): boolean {
    void this.#forward(req, res, { path: EDGE_PATH, extra: encodeEdge(req) });
    return true;
  }

  edgeUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    void forwardUpgrade(
      this.#options,
      { req, socket, head },
      this.#upgradeTo(req, EDGE_PATH, encodeEdge(req)),
    );
    return true;
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  #upgradeTo(req: IncomingMessage, path: string, extra: Record<string, string>) {
    return { path, headers: this.#headers(req, extra) };
  }

  #headers(req: IncomingMessage, extra: Record<string, string>): string[] {
    return forwardedHeaders(req, { ...extra, authorization: this.#authorization });
  }

  #forward(
    req: IncomingMessage,
    res: ServerResponse,
    { path, extra }: { path: string; extra: Record<string, string> },
  ): Promise<void> {
    return new Promise((resolve) => {
      const forwarding = new Forwarding({ res, logger: this.#options.logger, resolve });
      const hasBody =
        req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
      this.#pool.dispatch(
        {
          path,
          method: req.method as Dispatcher.HttpMethod,
          headers: this.#headers(req, extra),
          body: hasBody ? relay(req) : null,
        },
        forwarding,
      );
    });
  }
}

/**
 * The dispatcher destroys a body it no longer wants, and a destroyed request takes the client's connection with it,
 * answer and all: so it gets a relay.
 */
function relay(req: IncomingMessage): Readable {
  const body = new PassThrough();
  body.on('error', () => undefined);
  body.once('close', () => req.resume());
  req.once('close', () => {
    if (!req.complete) body.destroy(new Error('the client left'));
  });
  return req.pipe(body);
}
