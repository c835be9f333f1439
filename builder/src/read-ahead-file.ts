import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { RandomAccessReader } from 'yauzl';

const WINDOW_BYTES = 32 * 1024;

/**
 * A file as yauzl reads it. yauzl asks for the central directory in pieces of some dozen bytes, two an entry; here they
 * come out of a window that is read at once.
 */
export class ReadAheadFile extends RandomAccessReader {
  readonly #path: string;
  readonly #handle: FileHandle;
  #window = Buffer.alloc(0);
  #windowStart = 0;

  constructor(path: string, handle: FileHandle) {
    super();
    this.#path = path;
    this.#handle = handle;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#copy(buffer.subarray(offset, offset + length), position).then(
      () => callback(null),
      (error: Error) => callback(error),
    );
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return createReadStream(this.#path, { start, end: end - 1 });
  }

  override close(callback: (error: Error | null) => void): void {
    this.#handle.close().then(
      () => callback(null),
      (error: Error) => callback(error),
    );
  }

  async #copy(target: Buffer, position: number): Promise<void> {
    if (!this.#holds(position, target.length)) {
      const window = Buffer.alloc(Math.max(WINDOW_BYTES, target.length));
      const { bytesRead } = await this.#handle.read(window, 0, window.length, position);
      this.#window = window.subarray(0, bytesRead);
      this.#windowStart = position;
      if (!this.#holds(position, target.length)) throw new Error('unexpected end of file');
    }
    const from = position - this.#windowStart;
    this.#window.copy(target, 0, from, from + target.length);
  }

  #holds(position: number, length: number): boolean {
    return position >= this.#windowStart && position + length <= this.#windowStart + this.#window.length;
  }
}
