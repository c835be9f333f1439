import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { isHopHeader } from '@plat/platform-kit/hop-headers.ts';
import { requestId, sendProblem } from '@plat/platform-kit/http-server.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { Dispatcher } from 'undici';
import { returnedHeaders } from './forwarded-headers.ts';

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

/** One answer of the function-proxy on its way to the caller, as undici reports it. `resolve` is called when it is over. */
export class Forwarding implements Dispatcher.DispatchHandler {
  readonly #res: ServerResponse;
  readonly #logger: Logger;
  readonly #resolve: () => void;
  #controller: Dispatcher.DispatchController | undefined;
  #isLeft = false;

  constructor(options: { res: ServerResponse; logger: Logger; resolve: () => void }) {
    this.#res = options.res;
    this.#logger = options.logger;
    this.#resolve = options.resolve;
    (this.#res as ForwardedTo)[FORWARDING] = this;
    this.#res.on('drain', onDrain);
    this.#res.once('close', onClose);
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
    this.#logger.warn({ err: cause }, 'function-proxy did not answer');
    const message = 'The function-proxy cannot be reached. Is it running?';
    sendProblem(this.#res, new PlatformError('unreachable', message, { cause }), 'api-gateway');
  }
}

function left(): Error {
  return new Error('the client left');
}
