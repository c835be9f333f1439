import type { IncomingMessage } from 'node:http';

/** Where a body goes. */
export type BodySink = {
  write: (chunk: Buffer) => void;
  end: () => void;
  /** The body will not come to its end. */
  fail: (error: Error) => void;
};

/**
 * A body on its way to a connection. Nothing is read before `start`, which comes at most once.
 * `stop`: whoever took it wants no more of it.
 */
export type RequestBody = {
  start: (sink: BodySink) => void;
  pause: () => void;
  resume: () => void;
  stop: () => void;
};

/** A body that is there already. */
export function bytesBody(bytes: Buffer): RequestBody {
  const nothing = () => undefined;
  return {
    start: (sink) => {
      sink.write(bytes);
      sink.end();
    },
    pause: nothing,
    resume: nothing,
    stop: nothing,
  };
}

/**
 * The body of a request that is passed on. `look` sees each part before it goes; an error that it returns ends the body.
 * A body that nobody wants any more is read to its end and thrown away, or the caller's connection could carry no other
 * request.
 */
export class PassedBody implements RequestBody {
  readonly #req: IncomingMessage;
  readonly #look: ((chunk: Buffer, bytes: number) => Error | undefined) | undefined;
  #sink: BodySink | undefined;
  #bytes = 0;
  #isStarted = false;

  constructor(req: IncomingMessage, look?: (chunk: Buffer, bytes: number) => Error | undefined) {
    this.#req = req;
    this.#look = look;
  }

  /** Of what came so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Something may have been taken from it, so it cannot be sent a second time. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.#isStarted = true;
    this.#req
      .on('data', this.#onData)
      .on('end', this.#onEnd)
      .on('error', this.#onGone)
      .on('close', this.#onGone);
  }

  pause(): void {
    this.#req.pause();
  }

  resume(): void {
    this.#req.resume();
  }

  stop(): void {
    this.#sink = undefined;
    if (!this.#isStarted) return;
    this.#req.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onGone);
    this.#req.resume();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#bytes += chunk.length;
    const error = this.#look?.(chunk, this.#bytes);
    if (error) this.#sink?.fail(error);
    else this.#sink?.write(chunk);
  };

  readonly #onEnd = (): void => {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.end();
  };

  readonly #onGone = (cause?: Error): void => {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.fail(new BodyLost(cause));
  };
}

/** The caller left while it sent the body. */
export class BodyLost extends Error {
  readonly code = 'body_lost';

  constructor(cause: unknown) {
    super('The caller left while it sent the body.', { cause });
  }
}

/** Whether a request comes with a body (RFC 9112, section 6.3). */
export function hasBody(req: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = req.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}
