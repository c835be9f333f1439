import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { BodyTap } from './body-capture.ts';

/**
 * A request's body on its way to an instance: counts, and fails with `too_large` past the limit. Nothing is taken from
 * the request before the first read (`isStarted`), so a call whose connection never came about can be sent elsewhere.
 */
export class MeteredBody extends Readable {
  bytes = 0;
  isStarted = false;
  readonly #req: IncomingMessage;
  readonly #limitBytes: number;
  readonly #tap: BodyTap | undefined;

  /** `tap` sees what is sent on. */
  constructor(req: IncomingMessage, limitBytes: number, tap?: BodyTap) {
    super({ highWaterMark: 64 * 1024 });
    this.#req = req;
    this.#limitBytes = limitBytes;
    this.#tap = tap;
    // Whoever reads learns of an error; a body that nobody reads must not end the process with it.
    this.on('error', () => undefined);
  }

  override _read(): void {
    if (!this.isStarted) {
      this.isStarted = true;
      this.#req.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onError);
    }
    this.#req.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#req.off('data', this.#onData).off('end', this.#onEnd);
    // What is left is thrown away, or the connection could not carry another request.
    if (this.isStarted) this.#req.resume();
    done(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.bytes += chunk.length;
    this.#tap?.add(chunk);
    if (this.bytes > this.#limitBytes) this.destroy(tooLarge(this.#limitBytes));
    else if (!this.push(chunk)) this.#req.pause();
  };

  readonly #onEnd = (): void => {
    this.push(null);
  };

  readonly #onError = (cause: Error): void => {
    this.destroy(new PlatformError('client_closed', 'The client left while it sent the body.', { cause }));
  };
}

export function tooLarge(limitBytes: number): PlatformError {
  return new PlatformError('too_large', `The body has more than the ${limitBytes} bytes that are allowed.`, {
    details: { limitBytes },
  });
}

/** Whether a request comes with a body (RFC 9112, section 6.3). */
export function hasBody(req: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = req.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}
