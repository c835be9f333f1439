import { formatDuration } from '@plat/platform-kit/quantities.ts';
import type { Context } from '../context.ts';
import { truncate } from './table.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;

/**
 * Progress on standard error: on a terminal one line that moves while a phase runs, everywhere one line with its
 * duration once it is over. Silent with `--quiet`.
 */
export class Phases {
  readonly #context: Context;
  readonly #isLive: boolean;
  #phase: { label: string; detail: string; startedAt: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #frame = 0;

  constructor(context: Context) {
    this.#context = context;
    this.#isLive = context.err.isTty && !context.isQuiet;
  }

  begin(label: string): void {
    this.#phase = { label, detail: '', startedAt: performance.now() };
    this.#draw();
  }

  update(detail: string): void {
    if (this.#phase) this.#phase.detail = detail;
  }

  /** The running phase is over; `text` says what came of it. */
  async finish(text: string): Promise<void> {
    const phase = this.#phase;
    await this.clear();
    if (!phase || this.#context.isQuiet) return;
    const { green, dim } = this.#context.colors;
    const took = formatDuration(Math.round(performance.now() - phase.startedAt));
    await this.#context.err.write(`${green('✔')} ${text} ${dim(`(${took})`)}\n`);
  }

  /** A line in between, such as one of the build log. */
  async line(text: string): Promise<void> {
    if (this.#isLive) await this.#context.err.write('\r\x1b[2K');
    await this.#context.err.write(`${text}\n`);
  }

  /** Ends the running phase without a word. */
  async clear(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#phase && this.#isLive) await this.#context.err.write('\r\x1b[2K');
    this.#phase = undefined;
  }

  #draw(): void {
    clearTimeout(this.#timer);
    if (!this.#phase || !this.#isLive) return;
    const { label, detail, startedAt } = this.#phase;
    const seconds = Math.floor((performance.now() - startedAt) / 1000);
    const text = `${FRAMES[this.#frame++ % FRAMES.length]} ${label}${detail ? ` ${detail}` : ''}${seconds ? ` ${seconds}s` : ''}`;
    void this.#context.err
      .write(`\r\x1b[2K${truncate(text, this.#context.err.columns)}`)
      .catch(() => undefined);
    this.#timer = setTimeout(() => this.#draw(), FRAME_MS).unref();
  }
}
