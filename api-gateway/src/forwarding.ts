import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { isHopHeader } from '@plat/platform-kit/hop-headers.ts';
import { requestId, sendProblem } from '@plat/platform-kit/http-server.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { Dispatcher, Pool } from 'undici';
import { returnedHeaders } from './forwarded-headers.ts';
import { COMPONENT } from './gateway-deps.ts';
import { LazyBody, hasBody } from './lazy-body.ts';
import { proxyAway, unreachable } from './proxy-errors.ts';
import { isConnectionFailure, type ProxyGate } from './proxy-gate.ts';

/** What a response's own listeners need to find their call; closures for each call would cost more. */
const FORWARDING = Symbol('forwarding');
type ForwardedTo = ServerResponse & { [FORWARDING]?: Forwarding };

function onDrain(this: ForwardedTo): void {
  this[FORWARDING]?.resume();
}

function onClose(this: ForwardedTo): void {
  this[FORWARDING]?.close();
}

/** Head and first bytes leave together when they arrived together, and the head alone otherwise. */
function sendHead(res: ServerResponse): void {
  if (!res.destroyed) res.flushHeaders();
  res.uncork();
}

/** Methods that change nothing (RFC 9110, section 9.2.1): they may be carried out twice. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export type ForwardingDeps = { pool: Pool; gate: ProxyGate; holdMs: number; logger: Logger };
/** `resolve` is called when the exchange is over. */
export type ForwardingExchange = { req: IncomingMessage; res: ServerResponse; resolve: () => void };

/**
 * One call on its way through the function-proxy, streamed both ways.
 *
 * INVARIANTS
 * 1. A call is sent again only when no connection took it, or once when it is safe, has no body, and no answer had begun.
 * 2. Nothing of its body is read before a connection takes it.
 */
export class Forwarding implements Dispatcher.DispatchHandler {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #resolve: () => void;
  readonly #request: { path: string; headers: string[] };
  readonly #deps: ForwardingDeps;
  readonly #hasBody: boolean;
  #controller: Dispatcher.DispatchController | undefined;
  #isLeft = false;
  #isSentAgain = false;
  /** When the wait for the proxy ends, on the monotonic clock; it begins with the first connection that fails. */
  #heldUntil: number | undefined;

  constructor(
    exchange: ForwardingExchange,
    request: { path: string; headers: string[] },
    deps: ForwardingDeps,
  ) {
    this.#req = exchange.req;
    this.#res = exchange.res;
    this.#resolve = exchange.resolve;
    this.#request = request;
    this.#deps = deps;
    this.#hasBody = hasBody(exchange.req);
    (this.#res as ForwardedTo)[FORWARDING] = this;
    this.#res.on('drain', onDrain);
    this.#res.once('close', onClose);
  }

  send(): void {
    this.#controller = undefined;
    const { path, headers } = this.#request;
    const method = this.#req.method as Dispatcher.HttpMethod;
    const body = this.#hasBody ? new LazyBody(this.#req) : null;
    this.#deps.pool.dispatch({ path, method, headers, body }, this);
  }

  resume(): void {
    this.#controller?.resume();
  }

  /** The caller's connection is done with this exchange, or gone. */
  close(): void {
    this.#isLeft = !this.#res.writableFinished;
    if (this.#isLeft) this.#controller?.abort(left());
    this.#resolve();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isLeft) controller.abort(left());
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    { link }: IncomingHttpHeaders,
    statusMessage?: string,
  ): void {
    const res = this.#res;
    // RFC 9110, 15.2: none of these to a client of HTTP/1.0.
    const isModern = res.req.httpVersionMinor > 0;
    if (status === 103 && link !== undefined && isModern) res.writeEarlyHints({ link });
    if (status < 200) return;
    const headers = returnedHeaders(controller.rawHeaders as Buffer[], {
      requestId: requestId(res),
      isChunked: isModern && res.req.method !== 'HEAD',
    });
    res.writeHead(status, statusMessage, headers);
    res.cork();
    process.nextTick(sendHead, res);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#res.write(chunk)) controller.pause();
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    const kept = Object.entries(trailers).filter(([name]) => !isHopHeader(name));
    if (kept.length > 0)
      this.#res.addTrailers(kept.map(([name, value]): [string, string] => [name, String(value)]));
    this.#res.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    if (this.#isLeft) return;
    const isConnection = isConnectionFailure(cause);
    if (isConnection && this.#controller === undefined) return void this.#hold(cause);
    if (isConnection && this.#maySendAgain()) {
      this.#isSentAgain = true;
      return this.send();
    }
    this.#deps.logger.warn({ err: cause }, 'function-proxy did not answer');
    sendProblem(this.#res, unreachable(cause), COMPONENT);
  }

  #maySendAgain(): boolean {
    return !this.#isSentAgain && !this.#hasBody && SAFE.has(this.#req.method!) && !this.#res.headersSent;
  }

  /** Waits until the proxy is back and sends the call then, or says that it is not. */
  async #hold(cause: Error): Promise<void> {
    const { gate, holdMs } = this.#deps;
    const leaving = new AbortController();
    const leave = () => leaving.abort();
    this.#res.once('close', leave);
    this.#heldUntil ??= performance.now() + holdMs;
    const isBack = await gate.wait(this.#heldUntil - performance.now(), leaving.signal);
    this.#res.off('close', leave);
    if (this.#isLeft) return;
    if (isBack) return this.send();
    sendProblem(this.#res, proxyAway(holdMs, cause), COMPONENT);
  }
}

function left(): Error {
  return new Error('the client left');
}
