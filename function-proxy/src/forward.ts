import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { InvocationTarget } from '@plat/platform-kit/invoker.ts';
import type { Dispatcher } from 'undici';
import type { Lease } from './acquire.ts';
import { answerMarks } from './answer-marks.ts';
import type { CallFacts } from './execution.ts';
import { toCallError } from './failed-call.ts';
import { MeteredBody, hasBody } from './metered-body.ts';
import { buildRequestHeaders } from './request-headers.ts';
import { emptyReport, takeResponseHeaders, takeTrailers, type CallReport } from './response-headers.ts';
import { serverTiming } from './server-timing.ts';
import { mapTransportFailure, type TransportFailure } from './transport-failure.ts';

/** An instance's own error report is a line of JSON; more of it is cut. */
const REPORT_LIMIT_BYTES = 64 * 1024;
/** Nothing holds an instance back while it sends hints, so no more are handed on. */
const HINTS_LIMIT = 16;

export type Forwarded = {
  report: CallReport;
  bytesIn: number;
  bytesOut: number;
  /** Something was taken from the request's body, so it cannot be sent a second time. */
  isBodyTouched: boolean;
} & (
  | { kind: 'answered'; status: number }
  /** `isHeadSent`: the caller has the head of an answer already, and its connection was cut. */
  | ({ kind: 'failed'; isHeadSent: boolean } & TransportFailure)
);

/** In `call` it notes when what happened, and the bodies if they are to be kept. */
export type ForwardOptions = {
  target: InvocationTarget;
  lease: Lease;
  isPeerCaller: boolean;
  call: CallFacts;
};

/** Step 3 of an invocation: one call on one instance, streamed both ways. Never rejects. */
export function forward(
  req: IncomingMessage,
  res: ServerResponse,
  options: ForwardOptions,
): Promise<Forwarded> {
  return new Promise((resolve) => new Forwarding(req, res, options, resolve).start());
}

/** What a response's own listener needs to find its call; a closure a call would cost more. */
const FORWARDING = Symbol('forwarding');
type ForwardedTo = ServerResponse & { [FORWARDING]?: Forwarding };

function onClientGone(this: ForwardedTo): void {
  this[FORWARDING]?.endByClient();
}

function onTimeout(forwarding: Forwarding): void {
  forwarding.endByTimeout();
}

/** Head and first bytes leave together when they arrived together, and the head alone otherwise. */
function sendHead(res: ServerResponse): void {
  if (!res.destroyed) res.flushHeaders();
  res.uncork();
}

class Forwarding implements Dispatcher.DispatchHandler {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #options: ForwardOptions;
  readonly #resolve: (value: Forwarded) => void;
  readonly #report = emptyReport();
  readonly #body: MeteredBody | null;
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #status = 0;
  #bytesOut = 0;
  #hints = 0;
  /** A first byte of some answer to this call has come. */
  #isBegun = false;
  /** The body of an error report, which is not passed on. */
  #held: Buffer[] | undefined;

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    options: ForwardOptions,
    resolve: (value: Forwarded) => void,
  ) {
    this.#req = req;
    this.#res = res;
    this.#options = options;
    this.#resolve = resolve;
    const { capture } = options.call;
    capture?.request.begin(req.headers);
    this.#body = hasBody(req) ? new MeteredBody(req, options.target.bodyLimitBytes, capture?.request) : null;
  }

  start(): void {
    const { target, lease, isPeerCaller } = this.#options;
    const { instance, version } = lease;
    if (this.#res.destroyed) return this.#cut(clientClosed());
    (this.#res as ForwardedTo)[FORWARDING] = this;
    this.#res.on('close', onClientGone);
    this.#timer = setTimeout(onTimeout, version.timeoutMs, this);
    instance.pool.dispatch(
      {
        method: this.#req.method as Dispatcher.HttpMethod,
        path: target.path,
        headers: buildRequestHeaders(this.#req, { target, timeoutMs: version.timeoutMs, isPeerCaller }),
        body: this.#body,
      },
      this,
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#options.call.connectedAt = performance.now();
    if (this.#isOver) controller.abort(clientClosed());
  }

  onResponseStarted(): void {
    this.#isBegun = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    received: IncomingHttpHeaders,
    statusMessage?: string,
  ): void {
    if (this.#isOver) return;
    if (status < 200) return this.#passEarlyHints(status, received);
    const { call, target } = this.#options;
    call.firstByteAt = performance.now();
    call.capture?.response.begin(received);
    const headers = takeResponseHeaders(received, this.#report, {
      status,
      requestId: target.requestId,
      isChunked: this.#req.httpVersionMinor > 0 && this.#req.method !== 'HEAD',
    });
    this.#status = status;
    const { outcome } = this.#report;
    if ((outcome === 'error' && status === 500) || (outcome === 'invalid' && status >= 400)) {
      this.#held = [];
      return;
    }
    const res = this.#res;
    const timing = serverTiming(this.#req, call);
    if (timing !== undefined) headers.push('server-timing', timing);
    const marks = answerMarks(this.#req, call);
    if (marks) headers.push(...marks);
    res.writeHead(status, statusMessage, headers);
    res.cork();
    process.nextTick(sendHead, res);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    this.#options.call.capture?.response.add(chunk);
    if (this.#held) {
      this.#hold(chunk);
      return;
    }
    this.#bytesOut += chunk.length;
    if (this.#res.write(chunk)) return;
    controller.pause();
    this.#res.once('drain', () => controller.resume());
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, received: IncomingHttpHeaders): void {
    if (this.#isOver) return;
    const trailers = takeTrailers(received, this.#report);
    if (this.#held) {
      const outcome = this.#report.outcome === 'invalid' ? 'invalid' : 'error';
      const error = toCallError(outcome, this.#status, Buffer.concat(this.#held));
      return this.#finish({ kind: 'failed', error, retry: 'never', isUnreachable: false, isHeadSent: false });
    }
    if (trailers) this.#res.addTrailers(trailers);
    this.#res.end();
    this.#finish({ kind: 'answered', status: this.#status });
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    if (this.#isOver) return;
    const failure = mapTransportFailure(this.#body?.errored ?? cause, {
      isSent: this.#controller !== undefined,
      hasServed: this.#options.lease.instance.hasServed,
      isAnswered: this.#isBegun,
    });
    this.#fail(failure);
  }

  endByClient(): void {
    this.#cut(clientClosed());
  }

  endByTimeout(): void {
    const { timeoutMs, function: name } = this.#options.lease.version;
    this.#cut(
      new PlatformError(
        'function_timeout',
        `The function "${name}" did not finish within its timeout of ${timeoutMs} ms.`,
        {
          details: { timeoutMs },
        },
      ),
    );
  }

  /** Ends the call from our side. */
  #cut(error: PlatformError): void {
    if (this.#isOver) return;
    this.#fail({ error, retry: 'never', isUnreachable: false });
    this.#controller?.abort(error);
  }

  #fail(failure: TransportFailure): void {
    const isHeadSent = this.#res.headersSent;
    if (isHeadSent) this.#res.destroy();
    this.#finish({ kind: 'failed', isHeadSent, ...failure });
  }

  #finish(
    end: { kind: 'answered'; status: number } | ({ kind: 'failed'; isHeadSent: boolean } & TransportFailure),
  ): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#res.off('close', onClientGone);
    this.#resolve({
      report: this.#report,
      bytesIn: this.#body?.bytes ?? 0,
      bytesOut: this.#bytesOut,
      isBodyTouched: this.#body?.isStarted ?? false,
      ...end,
    });
  }

  #hold(chunk: Buffer): void {
    const size = this.#held!.reduce((sum, part) => sum + part.length, 0);
    if (size < REPORT_LIMIT_BYTES) this.#held!.push(chunk.subarray(0, REPORT_LIMIT_BYTES - size));
  }

  #passEarlyHints(status: number, { link }: IncomingHttpHeaders): void {
    // RFC 9110, 15.2: none of these to a client of HTTP/1.0.
    if (status !== 103 || link === undefined || this.#req.httpVersionMinor === 0) return;
    if (this.#hints++ >= HINTS_LIMIT) return;
    try {
      this.#res.writeEarlyHints({ link });
    } catch {
      // Node takes only well-formed links; a hint that is not one is no reason to lose the answer.
    }
  }
}

function clientClosed(): PlatformError {
  return new PlatformError('client_closed', 'The client left before the answer was complete.');
}
