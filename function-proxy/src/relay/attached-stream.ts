import { Duplex } from 'node:stream';

const HEADER_BYTES = 8;
const STDOUT = 1;
/** Of standard error, which is for people, a line is cut after so much. */
const LINE_LIMIT = 2000;

/**
 * What the engine makes of an attached container (without a terminal) as one byte stream: written bytes are its standard
 * input, read bytes its standard output. Frames are `[stream, 0, 0, 0, length (4, big-endian)] payload`, as the engine's API says
 * for `POST /containers/{id}/attach`. Lines of standard error go to `onLine`.
 */
export class AttachedStream extends Duplex {
  readonly #socket: Duplex;
  readonly #onLine: (line: string) => void;
  #header = Buffer.alloc(0);
  #kind = 0;
  #left = 0;
  #line = '';

  constructor(socket: Duplex, onLine: (line: string) => void) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    this.#onLine = onLine;
    socket.on('data', (chunk: Buffer) => {
      if (!this.#take(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  /** False when the reader has enough for now. */
  #take(chunk: Buffer): boolean {
    let hasRoom = true;
    let at = 0;
    while (at < chunk.length) {
      if (this.#left === 0) {
        const more = chunk.subarray(at, at + HEADER_BYTES - this.#header.length);
        this.#header = Buffer.concat([this.#header, more]);
        at += more.length;
        if (this.#header.length < HEADER_BYTES) break;
        this.#kind = this.#header[0]!;
        this.#left = this.#header.readUInt32BE(4);
        this.#header = Buffer.alloc(0);
        continue;
      }
      const payload = chunk.subarray(at, at + this.#left);
      at += payload.length;
      this.#left -= payload.length;
      if (this.#kind === STDOUT) hasRoom = this.push(payload);
      else this.#tell(payload);
    }
    return hasRoom;
  }

  #tell(payload: Buffer): void {
    const lines = (this.#line + payload.toString()).split('\n');
    this.#line = lines.pop()!.slice(0, LINE_LIMIT);
    for (const line of lines) if (line.trim()) this.#onLine(line.slice(0, LINE_LIMIT));
  }
}
