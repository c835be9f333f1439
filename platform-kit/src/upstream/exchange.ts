import type { AnswerHead } from './answer-head.ts';
import type { RequestBody } from './request-body.ts';
import type { RequestHead } from './request-head.ts';

export type UpstreamRequest = RequestHead & { body: RequestBody | undefined };

/**
 * What becomes of a request: `onSent`, any `onInterim`, `onHead`, any `onData`, `onEnd`; or `onFail` at any point. After
 * `onEnd`, `onFail` or {@link Exchange.abort} nothing more is told.
 */
export type AnswerHandler = {
  /** A connection has the request's head. */
  onSent: () => void;
  onInterim: (head: AnswerHead) => void;
  onHead: (head: AnswerHead) => void;
  /**
   * The bytes are good until it returns. False keeps them, and holds the rest back, until {@link Exchange.resume}; what was
   * read already still comes.
   */
  onData: (data: Buffer) => boolean;
  /** All that came together was handed on, and the answer is not over. */
  onFlush: () => void;
  /** Flat: names in lower case and values in turn. */
  onEnd: (trailers: string[]) => void;
  /** `isBegun`: some byte of an answer had come. */
  onFail: (error: Error, isBegun: boolean) => void;
};

/** What carries an exchange at the moment. */
export type Carrier = { resume: () => void; drop: () => void };

/** One request and its answer. */
export class Exchange {
  readonly request: UpstreamRequest;
  readonly handler: AnswerHandler;
  carrier: Carrier | undefined;
  #isOver = false;

  constructor(request: UpstreamRequest, handler: AnswerHandler) {
    this.request = request;
    this.handler = handler;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Goes on after `onData` has said false. */
  resume(): void {
    this.carrier?.resume();
  }

  /** Ends it from this side; a connection that carries it is cut. */
  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.request.body?.stop();
    this.carrier?.drop();
  }

  /** True once: whoever gets it tells the handler how it ended. */
  finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.carrier = undefined;
    return true;
  }
}
