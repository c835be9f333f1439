import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LogQuery } from '@plat/platform-kit/clients/controller-client.ts';
import { LogLine } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';

const INSTANCES_KEPT = 20;
const SAFE_ID = /^\w[\w.-]{0,100}$/;
const BYTES_KEPT = 4 * 1024 * 1024;

/**
 * What instances printed, kept after they are gone: one file an instance under `<folder>/<functionId>/`, at most 4 MiB
 * of its last lines and the last 20 instances of a function. Removed with the function.
 */
export class KeptLogs {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async keep(functionId: string, instance: string, lines: AsyncIterable<LogLine>): Promise<void> {
    const kept: string[] = [];
    let bytes = 0;
    for await (const line of lines) {
      const text = JSON.stringify(line);
      kept.push(text);
      bytes += Buffer.byteLength(text) + 1;
      while (bytes > BYTES_KEPT) bytes -= Buffer.byteLength(kept.shift()!) + 1;
    }
    if (kept.length === 0) return;
    const folder = this.#of(functionId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(path.join(folder, `${safe(instance)}.ndjson`), `${kept.join('\n')}\n`, { mode: 0o600 });
    const old = (await readdir(folder)).sort().slice(0, -INSTANCES_KEPT);
    await Promise.all(old.map((name) => rm(path.join(folder, name), { force: true })));
  }

  async *read(functionId: string, query: LogQuery): AsyncGenerator<LogLine> {
    const names = await readdir(this.#of(functionId)).catch(() => [] as string[]);
    for (const name of names.sort()) {
      const text = await readFile(path.join(this.#of(functionId), name), 'utf8').catch(() => '');
      for (const row of text.split('\n')) {
        const line = parseRow(row);
        if (line && matches(line, query)) yield line;
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

function matches(line: LogLine, query: LogQuery): boolean {
  if (query.since && line.at < query.since) return false;
  if (query.requestId && line.requestId !== query.requestId) return false;
  return query.version === undefined || line.version === query.version;
}
