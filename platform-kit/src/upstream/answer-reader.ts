import { parseAnswerHead, type AnswerHead } from './answer-head.ts';
import { ChunkReader } from './chunk-reader.ts';
import { BadAnswer } from './upstream-error.ts';

/** Node's own servers and clients have the same limit. */
const HEAD_LIMIT_BYTES = 16 * 1024;
const HEAD_END = '\r\n\r\n';

/** What is told of an answer, in this order: any `onInterim`, `onHead`, any `onData`. */
export type AnswerListener = {
  onInterim: (head: AnswerHead) => void;
  onHead: (head: AnswerHead) => void;
  onData: (data: Buffer) => void;
};

type State = 'head' | 'length' | 'chunks' | 'close' | 'over';

/**
 * Takes the answers of one connection apart, one at a time (RFC 9112). Strict: where two readers could understand an answer
 * in two ways, it is refused (BadAnswer).
 */
export class AnswerReader {
  readonly #chunks = new ChunkReader();
  #listener: AnswerListener | undefined;
  #onChunkData: (data: Buffer) => void = (data) => this.#listener?.onData(data);
  #state: State = 'over';
  #method = 'GET';
  /** Of a head whose end has not come. */
  #held: Buffer | undefined;
  #left = 0;
  #isBegun = false;
  #isKept = false;
  #keepAliveMs: number | undefined;

  /** From here on the answer to a request is read. */
  begin(method: string, listener: AnswerListener): void {
    this.#state = 'head';
    this.#method = method;
    this.#listener = listener;
    this.#held = undefined;
    this.#isBegun = false;
  }

  /** Nobody wants to know any more. */
  stop(): void {
    this.#listener = undefined;
    this.#state = 'over';
  }

  /** Something of the answer has come. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** Whether the connection can carry another request, and for how long it is kept if the other side said so. */
  get isKept(): boolean {
    return this.#isKept;
  }

  get keepAliveMs(): number | undefined {
    return this.#keepAliveMs;
  }

  get trailers(): string[] {
    return this.#chunks.trailers;
  }

  /** Returns how much of `bytes` belongs to the answer. */
  read(bytes: Buffer): number {
    this.#isBegun = true;
    let at = 0;
    while (at < bytes.length && this.#state !== 'over') {
      at = this.#state === 'head' ? this.#readHead(bytes, at) : this.#readBody(bytes, at);
    }
    return at;
  }

  /** The other side has ended the connection. Returns whether the answer is whole with that. */
  end(): boolean {
    if (this.#state === 'close') this.#state = 'over';
    return this.#state === 'over';
  }

  #readBody(bytes: Buffer, at: number): number {
    if (this.#state === 'chunks') {
      const end = this.#chunks.read(bytes, at, this.#onChunkData);
      if (this.#chunks.isOver) this.#state = 'over';
      return end;
    }
    const end = this.#state === 'length' ? Math.min(bytes.length, at + this.#left) : bytes.length;
    if (this.#state === 'length') {
      this.#left -= end - at;
      if (this.#left === 0) this.#state = 'over';
    }
    this.#listener?.onData(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
    return end;
  }

  #readHead(bytes: Buffer, at: number): number {
    const held = this.#held;
    const all = held ? Buffer.concat([held, at === 0 ? bytes : bytes.subarray(at)]) : bytes;
    const from = held ? 0 : at;
    // The end may stand across the border of what was held.
    const end = all.indexOf(HEAD_END, held ? Math.max(0, held.length - 3) : at, 'latin1');
    if ((end < 0 ? all.length : end) - from > HEAD_LIMIT_BYTES)
      throw new BadAnswer('a head that is too long');
    if (end < 0) {
      if (!looksLikeHttp(all, from)) throw new BadAnswer('no status line');
      this.#held = held ? all : Buffer.from(all.subarray(from));
      return bytes.length;
    }
    this.#held = undefined;
    const head = parseAnswerHead(all.toString('latin1', from, end), this.#method);
    this.#take(head);
    return end + HEAD_END.length - (held ? held.length - at : 0);
  }

  #take(head: AnswerHead): void {
    if (head.status < 200) {
      if (head.status === 101) throw new BadAnswer('another protocol that nobody asked for');
      this.#listener?.onInterim(head);
      return;
    }
    this.#isKept = head.isKept;
    this.#keepAliveMs = head.keepAliveMs;
    const { framing } = head;
    this.#chunks.begin();
    if (framing.kind === 'none') this.#state = 'over';
    else {
      this.#state = framing.kind;
      if (framing.kind === 'length') this.#left = framing.bytes;
    }
    this.#listener?.onHead(head);
  }
}

/** Whoever speaks another protocol is told so by its first bytes, not by a deadline. */
function looksLikeHttp(bytes: Buffer, from: number): boolean {
  const start = bytes.toString('latin1', from, from + 7);
  return 'HTTP/1.'.startsWith(start);
}
