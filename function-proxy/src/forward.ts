import type { IncomingMessage, ServerResponse } from 'node:http';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { InvocationTarget } from '@plat/platform-kit/invoker.ts';
import type { AnswerHead } from '@plat/platform-kit/upstream/answer-head.ts';
import { AnswerWriter, type AnswerSource } from '@plat/platform-kit/upstream/answer-writer.ts';
import type { AnswerHandler, Exchange } from '@plat/platform-kit/upstream/exchange.ts';
import { hasBody, type PassedBody } from '@plat/platform-kit/upstream/request-body.ts';
import type { Lease } from './acquire.ts';
import { answerMarks } from './answer-marks.ts';
import type { CallFacts } from './execution.ts';
import { toCallError } from './failed-call.ts';
import { meteredBody } from './metered-body.ts';
import { buildRequestHeaders } from './request-headers.ts';
import { emptyReport, takeResponseHeaders, takeTrailers, type CallReport } from './response-headers.ts';
import { serverTiming } from './server-timing.ts';
import { mapTransportFailure, type TransportFailure } from './transport-failure.ts';

/** An instance's own error report is a line of JSON; more of it is cut. */
const REPORT_LIMIT_BYTES = 64 * 1024;

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
  /** Over a new connection: a kept one was closed under the call before. */
  isFresh: boolean;
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

class Forwarding implements AnswerHandler, AnswerSource {
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #options: ForwardOptions;
  readonly #resolve: (value: Forwarded) => void;
  readonly #writer: AnswerWriter;
  readonly #report = emptyReport();
  readonly #body: PassedBody | undefined;
  #exchange: Exchange | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #isSent = false;
  #status = 0;
  #bytesOut = 0;
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
    this.#writer = new AnswerWriter(res, this);
    this.#options = options;
    this.#resolve = resolve;
    const { capture } = options.call;
    capture?.request.begin(req.headers);
    if (hasBody(req)) this.#body = meteredBody(req, options.target.bodyLimitBytes, capture?.request);
  }

  start(): void {
    const { target, lease, isPeerCaller, isFresh } = this.#options;
    const { instance, version } = lease;
    if (this.#res.destroyed) return this.#cut(clientClosed());
    (this.#res as ForwardedTo)[FORWARDING] = this;
    this.#res.on('close', onClientGone);
    this.#timer = setTimeout(onTimeout, version.timeoutMs, this);
    const request = {
      method: this.#req.method!,
      path: target.path,
      headers: buildRequestHeaders(this.#req, { target, timeoutMs: version.timeoutMs, isPeerCaller }),
      body: this.#body,
    };
    this.#exchange = instance.pool.send(request, this, isFresh);
  }

  onSent(): void {
    this.#isSent = true;
    this.#options.call.connectedAt = performance.now();
  }

  onInterim(head: AnswerHead): void {
    this.#writer.interim(head);
  }

  onHead(head: AnswerHead): void {
    const { call, target } = this.#options;
    const { status } = head;
    call.firstByteAt = performance.now();
    call.capture?.response.begin(contentHeaders(head));
    const headers = takeResponseHeaders(head, this.#report, {
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
    const timing = serverTiming(this.#req, call);
    if (timing !== undefined) headers.push('server-timing', timing);
    const marks = answerMarks(this.#req, call);
    if (marks) headers.push(...marks);
    this.#writer.head(status, head.reason, headers);
  }

  onData(chunk: Buffer): boolean {
    this.#options.call.capture?.response.add(chunk);
    if (this.#held) {
      this.#hold(chunk);
      return true;
    }
    this.#bytesOut += chunk.length;
    return this.#writer.data(chunk);
  }

  onWritten(): void {
    this.#exchange?.resume();
  }

  onFlush(): void {
    this.#writer.flush();
  }

  onEnd(received: string[]): void {
    const trailers = takeTrailers(received, this.#report);
    if (this.#held) {
      const outcome = this.#report.outcome === 'invalid' ? 'invalid' : 'error';
      const error = toCallError(outcome, this.#status, Buffer.concat(this.#held));
      return this.#finish({ kind: 'failed', error, retry: 'never', isUnreachable: false, isHeadSent: false });
    }
    this.#writer.end(trailers);
    this.#finish({ kind: 'answered', status: this.#status });
  }

  onFail(cause: Error, isAnswered: boolean): void {
    if (this.#isOver) return;
    this.#fail(mapTransportFailure(cause, { isSent: this.#isSent, isAnswered }));
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
    this.#exchange?.abort();
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
    if (size < REPORT_LIMIT_BYTES)
      this.#held!.push(Buffer.from(chunk.subarray(0, REPORT_LIMIT_BYTES - size)));
  }
}

/** What a tap of bodies looks at. */
function contentHeaders({ headers }: AnswerHead): Record<string, string> {
  const found: Record<string, string> = {};
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name === 'content-type' || name === 'content-encoding') found[name] = headers[i + 1]!;
  }
  return found;
}

function clientClosed(): PlatformError {
  return new PlatformError('client_closed', 'The client left before the answer was complete.');
}
