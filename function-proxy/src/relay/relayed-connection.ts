import http2 from 'node:http2';
import { Duplex } from 'node:stream';
import { dialError } from '@plat/platform-kit/upstream/dial-socket.ts';

/**
 * A connection to an instance through the relay, which behaves as a socket of `net` does: it counts its bytes, ends its
 * own side when the instance ends its, and breaks with `ECONNRESET`.
 */
export class RelayedConnection extends Duplex {
  bytesRead = 0;
  bytesWritten = 0;
  readonly #stream: http2.ClientHttp2Stream;

  /** `stream` was answered with 200. */
  constructor(stream: http2.ClientHttp2Stream) {
    super({ allowHalfOpen: false });
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      this.bytesRead += chunk.length;
      if (!this.push(chunk)) stream.pause();
    });
    // A stream that breaks ends too, a moment before it says so.
    stream.on('end', () => (isWhole(stream) ? this.push(null) : this.destroy(broken())));
    stream.on('error', () => this.destroy(broken()));
    stream.on('close', () => {
      if (!isWhole(stream)) this.destroy(broken());
    });
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.bytesWritten += chunk.length;
    this.#stream.write(chunk, done);
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'utf8', done);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#stream.closed) done();
    else this.#stream.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR } = http2.constants;
    if (!this.#stream.closed)
      this.#stream.close(this.writableFinished && this.readableEnded ? NGHTTP2_NO_ERROR : NGHTTP2_CANCEL);
    done(error);
  }
}

function isWhole({ destroyed, closed, aborted, rstCode, readableEnded }: http2.ClientHttp2Stream): boolean {
  if (destroyed || closed) return readableEnded && !aborted && rstCode === http2.constants.NGHTTP2_NO_ERROR;
  return !aborted;
}

function broken(): Error {
  return dialError('ECONNRESET', 'The connection through the relay broke.');
}
