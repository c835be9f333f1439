import type { OnReadOpts } from 'node:net';
import type { StreamBuffers } from './stream-buffers.ts';

/** Takes the answers of most calls whole. */
const SMALL_BYTES = 32 * 1024;

/** True while more is to come. */
type Take = (bytes: Buffer) => boolean;

/**
 * Where a connection's bytes are read into: the same memory again and again, where Node makes a new buffer of 64 KiB for
 * each read, and its collector has to take that away again.
 *
 * INVARIANTS
 * 1. What is taken is good until `take` returns; for longer only while reading pauses, or when {@link rest} says so.
 * 2. A large buffer is held only while an answer goes on that filled a small one.
 */
export class Intake {
  readonly #streams: StreamBuffers | undefined;
  #small: Buffer | undefined;
  #large: Buffer | undefined;
  #take: Take | undefined;
  #isEarly = false;
  /** For a socket that is to read here. */
  readonly onread: OnReadOpts = {
    // Asked for once, and after each read. What tells by `data` instead never does.
    buffer: () => this.#large ?? (this.#small ??= Buffer.allocUnsafeSlow(SMALL_BYTES)),
    callback: (count, buffer) => {
      this.#read(count, buffer as Buffer);
      return true;
    },
  };

  /** `streams`: where large buffers come from; without, all is read into the small one. */
  constructor(streams?: StreamBuffers) {
    this.#streams = streams;
  }

  /** Something came before there was anybody to take it, and is lost. */
  get isEarly(): boolean {
    return this.#isEarly;
  }

  begin(take: Take): void {
    this.#take = take;
  }

  /** An answer is over. `isLent`: who got its bytes still needs them, so nothing is read over them. */
  rest(isLent: boolean): void {
    if (this.#large) this.#giveBack(isLent);
    else if (isLent) this.#small = undefined;
  }

  /** Nothing is read any more. */
  end(): void {
    if (this.#large) this.#giveBack(true);
  }

  #read(count: number, buffer: Buffer): void {
    if (!this.#take) this.#isEarly = true;
    else if (this.#take(buffer.subarray(0, count)) && count === buffer.length)
      this.#large ??= this.#streams?.take();
  }

  #giveBack(isLent: boolean): void {
    this.#streams!.giveBack(this.#large!, isLent);
    this.#large = undefined;
  }
}
