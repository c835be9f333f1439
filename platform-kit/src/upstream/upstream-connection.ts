import type { Duplex } from 'node:stream';
import type { AnswerHead } from './answer-head.ts';
import { AnswerReader, type AnswerListener } from './answer-reader.ts';
import type { Carrier, Exchange } from './exchange.ts';
import type { Intake } from './intake.ts';
import type { BodySink } from './request-body.ts';
import { hasLength, writeRequestHead } from './request-head.ts';
import { ConnectionBroken } from './upstream-error.ts';

/** What a connection tells the pool that it belongs to. */
export type ConnectionOwner = {
  /** It can carry another request, for `keepAliveMs` if the other side said so. */
  onRest: (connection: UpstreamConnection, keepAliveMs: number | undefined) => void;
  onGone: (connection: UpstreamConnection) => void;
};

/**
 * A connection of HTTP/1.1 that carries one exchange at a time.
 *
 * INVARIANTS
 * 1. It rests only when the whole request went out, the whole answer came in, and not a byte more.
 * 2. What comes while it rests ends it: nobody's answer becomes somebody else's.
 */
export class UpstreamConnection implements AnswerListener, BodySink, Carrier {
  readonly #socket: Duplex;
  readonly #intake: Intake;
  readonly #host: string;
  readonly #owner: ConnectionOwner;
  readonly #reader = new AnswerReader();
  #exchange: Exchange | undefined;
  #isSending = false;
  #isChunked = false;
  #isHeldBack = false;
  #answers = 0;
  /** While it rests: until when it may be used, on the monotonic clock. */
  restsUntil = 0;

  /** `intake`: where the socket reads, if it can. `host`: the `Host` of requests that come without one. */
  constructor(
    socket: Duplex,
    { intake, host, owner }: { intake: Intake; host: string; owner: ConnectionOwner },
  ) {
    this.#socket = socket;
    this.#intake = intake;
    this.#host = host;
    this.#owner = owner;
    intake.begin(this.#onBytes);
    if (intake.isEarly) socket.destroy();
    socket.on('data', this.#onBytes).on('drain', this.#onDrain);
    socket.on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onError);
  }

  /** Sends the request and reads its answer. Throws BadRequest, with nothing sent. */
  carry(exchange: Exchange): void {
    const { request, handler } = exchange;
    const { body } = request;
    const head = writeRequestHead(request, this.#host, body !== undefined);
    this.#exchange = exchange;
    exchange.carrier = this;
    this.#reader.begin(request.method, this);
    this.#isSending = body !== undefined;
    if (!body) {
      this.#socket.write(head, 'latin1');
      handler.onSent();
      return;
    }
    this.#isChunked = !hasLength(request.headers);
    // A body that came together with its head leaves together with it.
    this.#socket.cork();
    this.#socket.write(head, 'latin1');
    handler.onSent();
    if (this.#exchange === exchange) body.start(this);
    process.nextTick(uncork, this.#socket);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  // Carrier

  resume(): void {
    if (!this.#isHeldBack) return;
    this.#isHeldBack = false;
    this.#socket.resume();
  }

  drop(): void {
    this.#exchange = undefined;
    this.#reader.stop();
    this.#socket.destroy();
  }

  // AnswerListener

  onInterim(head: AnswerHead): void {
    this.#exchange?.handler.onInterim(head);
  }

  onHead(head: AnswerHead): void {
    this.#exchange?.handler.onHead(head);
  }

  onData(data: Buffer): void {
    const exchange = this.#exchange;
    if (!exchange || exchange.handler.onData(data) || this.#exchange !== exchange) return;
    this.#isHeldBack = true;
    this.#socket.pause();
  }

  // BodySink

  write(chunk: Buffer): void {
    if (chunk.length === 0) return;
    const socket = this.#socket;
    if (this.#isChunked) {
      socket.cork();
      socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
      socket.write(chunk);
      socket.write('\r\n', 'latin1');
      socket.uncork();
    } else socket.write(chunk);
    if (socket.writableNeedDrain) this.#exchange?.request.body?.pause();
  }

  end(): void {
    if (this.#isChunked) this.#socket.write('0\r\n\r\n', 'latin1');
    this.#isSending = false;
  }

  fail(error: Error): void {
    const exchange = this.#exchange;
    this.drop();
    if (exchange?.finish()) exchange.handler.onFail(error, this.#reader.isBegun);
    exchange?.request.body?.stop();
  }

  readonly #onDrain = (): void => {
    if (this.#isSending) this.#exchange?.request.body?.resume();
  };

  /** Returns whether more of an answer is to come. */
  readonly #onBytes = (bytes: Buffer): boolean => {
    const exchange = this.#exchange;
    if (exchange) this.#read(exchange, bytes);
    else this.#socket.destroy();
    return this.#exchange !== undefined;
  };

  #read(exchange: Exchange, bytes: Buffer): void {
    try {
      const read = this.#reader.read(bytes);
      if (this.#exchange !== exchange) return;
      if (this.#reader.isOver) this.#complete(exchange, read === bytes.length);
      else exchange.handler.onFlush();
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** `isExact`: not a byte came beyond the answer. */
  #complete(exchange: Exchange, isExact: boolean): void {
    const { trailers, isKept, keepAliveMs } = this.#reader;
    this.#exchange = undefined;
    this.#answers++;
    this.#intake.rest(this.#isHeldBack);
    this.resume();
    // An answer that came before the body was sent: the rest of it is not wanted, and the connection waits for it.
    if (this.#isSending) exchange.request.body?.stop();
    const isOurs = exchange.finish();
    if (isExact && isKept && !this.#isSending) this.#owner.onRest(this, keepAliveMs);
    else this.#socket.destroy();
    if (isOurs) exchange.handler.onEnd(trailers);
  }

  readonly #onEnd = (): void => {
    const exchange = this.#exchange;
    if (exchange && this.#reader.end()) this.#complete(exchange, false);
    else this.#onError();
  };

  readonly #onError = (cause?: unknown): void => {
    this.#owner.onGone(this);
    this.#intake.end();
    if (this.#exchange) this.fail(new ConnectionBroken({ wasKept: this.#answers > 0, cause }));
    else this.#socket.destroy();
  };
}

function uncork(socket: Duplex): void {
  socket.uncork();
}
