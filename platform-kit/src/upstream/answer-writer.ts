import type { ServerResponse } from 'node:http';
import type { AnswerHead } from './answer-head.ts';

/** Beyond this, putting head and body together costs more than sending them in two parts. */
const TOGETHER_LIMIT_BYTES = 16 * 1024;
/** Nothing holds a server back while it sends hints, so no more are handed on. */
const HINTS_LIMIT = 16;

/** `onWritten`: all parts for which {@link AnswerWriter.data} said false are on their way, and their bytes not needed any more. */
export type AnswerSource = { onWritten: () => void };

/**
 * Writes an answer that is passed on: what arrived together leaves together, with one call of the system when it is small.
 */
export class AnswerWriter {
  readonly #res: ServerResponse;
  readonly #source: AnswerSource;
  #hints = 0;
  /** The head is written and waits for what comes together with it, of which this is the first part. */
  #isHeadHeld = false;
  #first: Buffer | undefined;
  /** Parts that are on their way out of the buffer that they were read into. */
  #leaving = 0;
  #left: (() => void) | undefined;

  constructor(res: ServerResponse, source: AnswerSource) {
    this.#res = res;
    this.#source = source;
  }

  /** Hands on early hints; of other interim answers, and to a client of HTTP/1.0 (RFC 9110, 15.2), nothing. */
  interim({ status, headers }: AnswerHead): void {
    if (status !== 103 || this.#res.req.httpVersionMinor === 0) return;
    const link = headers.filter((_value, i) => i % 2 === 1 && headers[i - 1] === 'link');
    if (link.length === 0 || this.#hints++ >= HINTS_LIMIT) return;
    try {
      this.#res.writeEarlyHints({ link });
    } catch {
      // Node takes only well-formed links; a hint that is not one is no reason to lose the answer.
    }
  }

  /** `headers`: flat. */
  head(status: number, reason: string, headers: string[]): void {
    this.#res.writeHead(status, reason, headers);
    this.#isHeadHeld = true;
  }

  /** False: no more before `onWritten`, and the bytes of the part are still needed. */
  data(chunk: Buffer): boolean {
    if (this.#isHeadHeld && !this.#first && chunk.length <= TOGETHER_LIMIT_BYTES) {
      this.#first = chunk;
      return true;
    }
    this.flush();
    this.#leaving++;
    this.#left ??= () => {
      if (--this.#leaving === 0) this.#source.onWritten();
    };
    this.#res.write(chunk, this.#left);
    return false;
  }

  /** Nothing more comes together with what is held. */
  flush(): void {
    if (!this.#isHeadHeld) return;
    this.#isHeadHeld = false;
    const first = this.#first;
    this.#first = undefined;
    if (this.#res.destroyed) return;
    if (first) this.#res.write(first.toString('latin1'), 'latin1');
    else this.#res.flushHeaders();
  }

  end(trailers: [name: string, value: string][] | undefined): void {
    if (trailers) this.#res.addTrailers(trailers);
    if (this.#first) this.#res.end(this.#first.toString('latin1'), 'latin1');
    else this.#res.end();
  }
}
