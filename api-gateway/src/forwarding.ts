import type { IncomingMessage, ServerResponse } from 'node:http';
import { isHopHeader } from '@plat/platform-kit/hop-headers.ts';
import { requestId, sendProblem } from '@plat/platform-kit/http-server.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { AnswerHead } from '@plat/platform-kit/upstream/answer-head.ts';
import { AnswerWriter, type AnswerSource } from '@plat/platform-kit/upstream/answer-writer.ts';
import type { AnswerHandler, Exchange } from '@plat/platform-kit/upstream/exchange.ts';
import { PassedBody, hasBody } from '@plat/platform-kit/upstream/request-body.ts';
import type { UpstreamPool } from '@plat/platform-kit/upstream/upstream-pool.ts';
import { returnedHeaders } from './forwarded-headers.ts';
import { COMPONENT } from './gateway-deps.ts';
import { proxyAway, unreachable } from './proxy-errors.ts';
import { isConnectionFailure, type ProxyGate } from './proxy-gate.ts';

/** What a response's own listener needs to find its call; a closure for each call would cost more. */
const FORWARDING = Symbol('forwarding');
type ForwardedTo = ServerResponse & { [FORWARDING]?: Forwarding };

function onClose(this: ForwardedTo): void {
  this[FORWARDING]?.close();
}

function onTimeout(forwarding: Forwarding): void {
  forwarding.endByTimeout();
}

/**
 * Longest wait for the head of an answer. The proxy has deadlines of its own (waking, the function's timeout) and
 * answers when they pass; this one is for a proxy that no longer answers at all.
 */
const HEAD_TIMEOUT_MS = 20 * 60_000;

/** Methods that change nothing (RFC 9110, section 9.2.1): they may be carried out twice. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export type ForwardingDeps = { pool: UpstreamPool; gate: ProxyGate; holdMs: number; logger: Logger };
/** `resolve` is called when the exchange is over. */
export type ForwardingExchange = { req: IncomingMessage; res: ServerResponse; resolve: () => void };

/**
 * One call on its way through the function-proxy, streamed both ways.
 *
 * INVARIANTS
 * 1. A call is sent again only when no connection took it, or once when it is safe, has no body, and no answer had begun.
 * 2. Nothing of its body is read before a connection takes it.
 */
export class Forwarding implements AnswerHandler, AnswerSource {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #writer: AnswerWriter;
  readonly #resolve: () => void;
  readonly #request: { path: string; headers: string[] };
  readonly #deps: ForwardingDeps;
  readonly #hasBody: boolean;
  #exchange: Exchange | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isSent = false;
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
    this.#writer = new AnswerWriter(exchange.res, this);
    this.#resolve = exchange.resolve;
    this.#request = request;
    this.#deps = deps;
    this.#hasBody = hasBody(exchange.req);
    (this.#res as ForwardedTo)[FORWARDING] = this;
    this.#res.once('close', onClose);
  }

  /** `isFresh`: over a new connection; a kept one was closed under the call before. */
  send(isFresh = false): void {
    this.#isSent = false;
    const { path, headers } = this.#request;
    const body = this.#hasBody ? new PassedBody(this.#req) : undefined;
    this.#timer = setTimeout(onTimeout, HEAD_TIMEOUT_MS, this);
    this.#exchange = this.#deps.pool.send({ path, method: this.#req.method!, headers, body }, this, isFresh);
  }

  onWritten(): void {
    this.#exchange?.resume();
  }

  /** The caller's connection is done with this exchange, or gone. */
  close(): void {
    this.#isLeft = !this.#res.writableFinished;
    clearTimeout(this.#timer);
    if (this.#isLeft) this.#exchange?.abort();
    this.#resolve();
  }

  endByTimeout(): void {
    this.#exchange?.abort();
    sendProblem(this.#res, unreachable(new Error('no answer in time')), COMPONENT);
  }

  onSent(): void {
    this.#isSent = true;
  }

  onInterim(head: AnswerHead): void {
    this.#writer.interim(head);
  }

  onHead({ status, reason, headers }: AnswerHead): void {
    clearTimeout(this.#timer);
    const framing = {
      requestId: requestId(this.#res),
      isChunked: this.#req.httpVersionMinor > 0 && this.#req.method !== 'HEAD',
    };
    this.#writer.head(status, reason, returnedHeaders(headers, framing));
  }

  onData(chunk: Buffer): boolean {
    return this.#writer.data(chunk);
  }

  onFlush(): void {
    this.#writer.flush();
  }

  onEnd(trailers: string[]): void {
    this.#writer.end(trailers.length > 0 ? passedTrailers(trailers) : undefined);
  }

  onFail(cause: Error, isBegun: boolean): void {
    clearTimeout(this.#timer);
    if (this.#isLeft) return;
    const isConnection = isConnectionFailure(cause);
    if (isConnection && !this.#isSent) return void this.#hold(cause);
    if (isConnection && !isBegun && this.#maySendAgain()) {
      this.#isSentAgain = true;
      return this.send(true);
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

function passedTrailers(received: readonly string[]): [name: string, value: string][] {
  const kept: [string, string][] = [];
  for (let i = 0; i < received.length; i += 2) {
    if (!isHopHeader(received[i]!)) kept.push([received[i]!, received[i + 1]!]);
  }
  return kept;
}
