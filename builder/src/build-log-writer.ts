import type { FileHandle } from 'node:fs/promises';
import type { BuildLogLine } from '@plat/platform-kit/domain.ts';
import { formatBytes } from '@plat/platform-kit/units.ts';

/** Longest text of one line, in characters. */
const LINE_LIMIT = 4096;

export type WriterOptions = {
  limitBytes: number;
  /** Takes secrets out of a text. */
  redact: (text: string) => string;
  /** Called after each write. */
  onWritten: () => void;
};

/**
 * Appends to one build log. `line` is for what the engine says and stops at the limit; `note` is for the platform's own
 * few sentences, which are always kept. Neither waits; `close` does.
 *
 * INVARIANTS: lines are written in the order they came in; at most one write is under way; what waits for it is bounded by
 * the log's limit.
 */
export class BuildLogWriter {
  readonly #handle: FileHandle;
  readonly #options: WriterOptions;
  #bytes: number;
  #cut = false;
  #waiting: string[] = [];
  #writing: Promise<void> | undefined;
  #failure: Error | undefined;

  static async over(handle: FileHandle, options: WriterOptions): Promise<BuildLogWriter> {
    const { size } = await handle.stat();
    const writer = new BuildLogWriter(handle, options, size);
    // A line that a killed process left unfinished must not swallow the first new one.
    if (size > 0) {
      const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
      if (buffer[0] !== 0x0a) writer.#waiting.push('\n');
    }
    return writer;
  }

  private constructor(handle: FileHandle, options: WriterOptions, bytes: number) {
    this.#handle = handle;
    this.#options = options;
    this.#bytes = bytes;
  }

  line(phase: string, text: string): void {
    if (this.#cut) return;
    const line = this.#encode(phase, text);
    if (this.#bytes + line.length > this.#options.limitBytes) {
      this.#cut = true;
      this.note(
        'log',
        `The log is cut here: it is larger than ${formatBytes(this.#options.limitBytes)}. The build goes on.`,
      );
      return;
    }
    this.#append(line);
  }

  note(phase: string, text: string): void {
    this.#append(this.#encode(phase, text));
  }

  /** Resolves once everything is in the file; throws when something could not be written. */
  async close(): Promise<void> {
    while (this.#writing) await this.#writing;
    await this.#handle.close();
    this.#options.onWritten();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #encode(phase: string, text: string): string {
    const clean = this.#options.redact(text);
    const short = clean.length > LINE_LIMIT ? `${clean.slice(0, LINE_LIMIT)} … (line cut)` : clean;
    const line: BuildLogLine = { at: new Date().toISOString(), phase, text: short };
    return `${JSON.stringify(line)}\n`;
  }

  #append(line: string): void {
    this.#bytes += Buffer.byteLength(line);
    this.#waiting.push(line);
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    // Not before the next turn, so that lines that come together are written together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const text = this.#waiting.join('');
      this.#waiting = [];
      try {
        await this.#handle.appendFile(text);
      } catch (error) {
        this.#failure ??= error as Error;
      }
      this.#options.onWritten();
    }
    this.#writing = undefined;
  }
}
