import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

export function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

/**
 * A request's body for the dispatcher, which takes nothing of it before a connection does: a call that found none can be
 * sent again. And as the dispatcher destroys a body it no longer wants, and a destroyed request takes the client's
 * connection with it, answer and all, it is not the request itself.
 */
export class LazyBody extends Readable {
  readonly #req: IncomingMessage;
  #isStarted = false;

  constructor(req: IncomingMessage) {
    super();
    this.#req = req;
    this.on('error', () => undefined);
  }

  get isStarted(): boolean {
    return this.#isStarted;
  }

  override _read(): void {
    const req = this.#req;
    if (this.#isStarted) return void req.resume();
    this.#isStarted = true;
    req.on('data', this.#onData);
    req.once('end', () => this.push(null));
    req.once('close', () => {
      if (!req.complete) this.destroy(new Error('the client left'));
    });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (this.#isStarted) {
      this.#req.off('data', this.#onData);
      this.#req.resume();
    }
    callback(error);
  }

  readonly #onData = (chunk: Buffer): void => {
    if (!this.push(chunk)) this.#req.pause();
  };
}
