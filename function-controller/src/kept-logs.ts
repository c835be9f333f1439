import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LogQuery } from '@plat/platform-kit/clients/controller-client.ts';
import { LogLine } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { matchesQuery } from './log-filter.ts';

const INSTANCES_KEPT = 20;
const SAFE_ID = /^\w[\w.-]{0,100}$/;
const BYTES_KEPT = 4 * 1024 * 1024;
/** What the line takes that says that others were cut. */
const CUT_BYTES = 1024;

/**
 * What instances printed, kept after they are gone: one file an instance under `<folder>/<functionId>/`, at most 4 MiB
 * of its last lines and the last 20 instances of a function, and no line longer than `keepMs`. Removed with the function.
 */
export class KeptLogs {
  readonly #folder: string;
  readonly #keepMs: number;

  constructor(folder: string, options: { keepMs?: number } = {}) {
    this.#folder = folder;
    this.#keepMs = options.keepMs ?? Infinity;
  }

  async keep(functionId: string, instance: string, lines: AsyncIterable<LogLine>): Promise<void> {
    const kept: string[] = [];
    let bytes = 0;
    let cut: LogLine | undefined;
    for await (const line of lines) {
      const text = JSON.stringify(line);
      kept.push(text);
      bytes += Buffer.byteLength(text) + 1;
      while (bytes > BYTES_KEPT - CUT_BYTES) {
        bytes -= Buffer.byteLength(kept.shift()!) + 1;
        cut = { ...line, requestId: null, text: '… [cut: earlier lines were not kept]' };
      }
    }
    if (cut) kept.unshift(JSON.stringify({ ...cut, at: (JSON.parse(kept[0]!) as LogLine).at }));
    if (kept.length === 0) return;
    const folder = this.#of(functionId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(path.join(folder, `${safe(instance)}.ndjson`), `${kept.join('\n')}\n`, { mode: 0o600 });
    const old = (await readdir(folder)).sort().slice(0, -INSTANCES_KEPT);
    await Promise.all(old.map((name) => rm(path.join(folder, name), { force: true })));
    await this.#expire(folder);
  }

  async *read(functionId: string, query: LogQuery): AsyncGenerator<LogLine> {
    const oldest = new Date(this.#oldestMs()).toISOString();
    const names = await readdir(this.#of(functionId)).catch(() => [] as string[]);
    for (const name of names.sort()) {
      const text = await readFile(path.join(this.#of(functionId), name), 'utf8').catch(() => '');
      for (const row of text.split('\n')) {
        const line = parseRow(row);
        if (line && line.at >= oldest && matchesQuery(line, query)) yield line;
      }
    }
  }

  /** The functions of which something is kept. */
  async functionIds(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => [] as string[]);
    return names.filter((name) => SAFE_ID.test(name));
  }

  /** How much is kept of a function. */
  async bytesOf(functionId: string): Promise<number> {
    const folder = this.#of(functionId);
    const names = await readdir(folder).catch(() => [] as string[]);
    const sizes = names.map((name) =>
      stat(path.join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  async forget(functionId: string): Promise<void> {
    await rm(this.#of(functionId), { recursive: true, force: true });
  }

  /** Removes the files that nothing was written to for as long as lines are kept, one function after the other. */
  async expire(signal?: AbortSignal): Promise<void> {
    for (const functionId of await this.functionIds()) {
      if (signal?.aborted) return;
      await this.#expire(this.#of(functionId));
    }
  }

  #oldestMs(): number {
    return Math.max(0, Date.now() - this.#keepMs);
  }

  async #expire(folder: string): Promise<void> {
    const oldestMs = this.#oldestMs();
    for (const name of await readdir(folder).catch(() => [] as string[])) {
      const file = path.join(folder, name);
      const written = await stat(file).catch(() => undefined);
      if (written && written.mtimeMs < oldestMs) await rm(file, { force: true });
    }
  }

  #of(functionId: string): string {
    return path.join(this.#folder, safe(functionId));
  }
}

/** Ids become names of files; they come from labels and paths, so nothing else may. */
function safe(id: string): string {
  if (SAFE_ID.test(id)) return id;
  throw new PlatformError('not_found', `There is nothing with the id ${JSON.stringify(id)}.`);
}

function parseRow(row: string): LogLine | undefined {
  if (!row) return undefined;
  try {
    return LogLine.parse(JSON.parse(row));
  } catch {
    // The last row of a file that was cut off by a crash.
    return undefined;
  }
}
