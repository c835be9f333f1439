import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BuildLogLine } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { BuildLogWriter } from './build-log-writer.ts';

/** How often a reader looks by itself, should nobody wake it. */
const LOOK_AGAIN_MS = 1000;

/**
 * The kept logs of builds: one file of NDJSON a version, `<folder>/<functionId>/<version>.ndjson`. Any number of readers
 * may follow one while it is written, or before it exists.
 *
 * INVARIANTS: a line is in the file before a reader sees it, and a reader sees every line that was in the file when
 * `isOver` turned true.
 */
export class BuildLogs {
  readonly #folder: string;
  readonly #limitBytes: number;
  readonly #redact: (text: string) => string;
  readonly #readers = new Map<string, Set<() => void>>();

  constructor(options: { folder: string; limitBytes: number; redact: (text: string) => string }) {
    this.#folder = options.folder;
    this.#limitBytes = options.limitBytes;
    this.#redact = options.redact;
  }

  /** Opens a log for writing, behind what an earlier attempt wrote. One writer a version at a time. */
  async open(functionId: string, version: number): Promise<BuildLogWriter> {
    const file = this.#fileOf(functionId, version);
    await mkdir(path.dirname(file), { recursive: true });
    const handle = await open(file, 'a+');
    return BuildLogWriter.over(handle, {
      limitBytes: this.#limitBytes,
      redact: this.#redact,
      onWritten: () => this.wake(functionId, version),
    });
  }

  /**
   * Every kept line, then, as long as `isOver` is false, each new one. A log that was never written is empty.
   * Ends early when `signal` aborts.
   */
  async *read(
    functionId: string,
    version: number,
    options: { isOver: () => boolean; signal: AbortSignal },
  ): AsyncGenerator<BuildLogLine> {
    const file = this.#fileOf(functionId, version);
    const place = { offset: 0, rest: '' };
    while (!options.signal.aborted) {
      const over = options.isOver();
      const changed = this.#nextChange(functionId, version, options.signal);
      try {
        yield* readFrom(file, place);
        if (over) return;
        await changed.happened;
      } finally {
        changed.forget();
      }
    }
  }

  /** Makes readers look again, because there are new lines or because it is over. */
  wake(functionId: string, version: number): void {
    for (const wake of this.#readers.get(`${functionId}/${version}`) ?? []) wake();
  }

  /** Functions that have logs. */
  async functionIds(): Promise<string[]> {
    return readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
  }

  /** How much the logs of a function take. */
  async bytesOf(functionId: string): Promise<number> {
    const folder = path.dirname(this.#fileOf(functionId, 1));
    const names = await readdir(folder).catch(() => [] as string[]);
    const sizes = names.map((name) =>
      stat(path.join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  async deleteAll(functionId: string): Promise<void> {
    await rm(path.dirname(this.#fileOf(functionId, 1)), { recursive: true, force: true });
  }

  #fileOf(functionId: string, version: number): string {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(functionId) || !Number.isInteger(version) || version < 1)
      throw new PlatformError('not_found', 'There is no such build.');
    return path.join(this.#folder, functionId, `${version}.ndjson`);
  }

  #nextChange(functionId: string, version: number, signal: AbortSignal) {
    const key = `${functionId}/${version}`;
    const readers = this.#readers.get(key) ?? new Set();
    this.#readers.set(key, readers);
    let wake: () => void = () => undefined;
    const happened = new Promise<void>((resolve) => (wake = resolve));
    const timer = setTimeout(wake, LOOK_AGAIN_MS);
    readers.add(wake);
    signal.addEventListener('abort', wake, { once: true });
    const forget = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      readers.delete(wake);
      if (readers.size === 0 && this.#readers.get(key) === readers) this.#readers.delete(key);
    };
    return { happened, forget };
  }
}

/** Reads whole lines from `place.offset` to the end of the file, and moves `place` along. */
async function* readFrom(
  file: string,
  place: { offset: number; rest: string },
): AsyncGenerator<BuildLogLine> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of createReadStream(file, { start: place.offset })) {
      place.offset += (chunk as Buffer).length;
      const lines = (place.rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
      place.rest = lines.pop() ?? '';
      for (const line of lines) {
        const parsed = parseLine(line);
        if (parsed) yield parsed;
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** A line that a killed process wrote only half of is left out. */
function parseLine(line: string): BuildLogLine | undefined {
  try {
    return JSON.parse(line) as BuildLogLine;
  } catch {
    return undefined;
  }
}
