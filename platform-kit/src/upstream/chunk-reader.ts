import { parseTrailers } from './answer-head.ts';
import { BadAnswer } from './upstream-error.ts';

const LF = 0x0a;
const LINE_LIMIT = 4096;
const TRAILERS_LIMIT = 16 * 1024;
/** Thirteen digits are 4 PiB, and exact. */
const SIZE = /^([0-9a-fA-F]{1,13})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;

type State = 'size' | 'data' | 'data end' | 'trailers' | 'over';

/** Takes a body in chunks apart (RFC 9112, section 7.1). Throws BadAnswer. */
export class ChunkReader {
  #state: State = 'size';
  #left = 0;
  /** Of a line whose end has not come. */
  #line = '';
  #trailers = '';
  trailers: string[] = [];

  begin(): void {
    this.#state = 'size';
    this.#line = '';
    this.#trailers = '';
    this.trailers = [];
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** Reads from `at` on; returns where it stopped: at the end of the chunk, or after the body. */
  read(bytes: Buffer, at: number, onData: (data: Buffer) => void): number {
    while (at < bytes.length && this.#state !== 'over') {
      if (this.#state !== 'data') {
        at = this.#readLine(bytes, at);
        continue;
      }
      const end = Math.min(bytes.length, at + this.#left);
      this.#left -= end - at;
      if (this.#left === 0) this.#state = 'data end';
      const data = bytes.subarray(at, end);
      at = end;
      onData(data);
    }
    return at;
  }

  #readLine(bytes: Buffer, at: number): number {
    const lf = bytes.indexOf(LF, at);
    const end = lf < 0 ? bytes.length : lf + 1;
    if (this.#line.length + end - at > LINE_LIMIT) throw new BadAnswer('a line of a chunk that is too long');
    this.#line += bytes.toString('latin1', at, end);
    if (lf < 0) return end;
    if (!this.#line.endsWith('\r\n')) throw new BadAnswer('a line that does not end in CR LF');
    const line = this.#line.slice(0, -2);
    this.#line = '';
    this.#take(line);
    return end;
  }

  #take(line: string): void {
    switch (this.#state as Exclude<State, 'data' | 'over'>) {
      case 'size': {
        const size = SIZE.exec(line)?.[1];
        if (size === undefined) throw new BadAnswer('a chunk without a size');
        this.#left = parseInt(size, 16);
        this.#state = this.#left === 0 ? 'trailers' : 'data';
        return;
      }
      case 'data end':
        if (line !== '') throw new BadAnswer('a chunk that is longer than its size');
        this.#state = 'size';
        return;
      case 'trailers':
        if (line !== '') {
          this.#trailers += `${line}\r\n`;
          if (this.#trailers.length > TRAILERS_LIMIT) throw new BadAnswer('trailers that are too long');
          return;
        }
        if (this.#trailers !== '') this.trailers = parseTrailers(this.#trailers);
        this.#state = 'over';
    }
  }
}
