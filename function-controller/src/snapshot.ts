import { mkdir, readFile, rename, open } from 'node:fs/promises';
import path from 'node:path';
import { FunctionRecord } from '@plat/platform-kit/domain.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { z } from 'zod';
import type { Named } from './unclaimed-functions.ts';

const NamedFunction = z.object({ id: z.string(), project: z.string(), name: z.string() });
const SnapshotFile = z.object({
  savedAt: z.string(),
  /** Up to where the change feed was read. */
  seq: z.int().default(0),
  functions: z.array(FunctionRecord),
  /** See `findUnclaimed`. */
  unclaimed: z.array(NamedFunction).default([]),
});

export type SnapshotState = {
  seq: number;
  functions: readonly FunctionRecord[];
  unclaimed: readonly Named[];
};

/**
 * `functions.json`: the last known functions, so that the controller restores their instances while the metadata
 * service is away. A copy, never an authority: the change feed replaces it as soon as it answers.
 */
export class Snapshot {
  readonly #file: string;
  readonly #logger: Logger;
  #saving: Promise<void> | undefined;
  #next: SnapshotState | undefined;

  constructor(folder: string, logger: Logger) {
    this.#file = path.join(folder, 'functions.json');
    this.#logger = logger;
  }

  /** Empty when there is none or it cannot be read; a damaged file is reported and left out, never fatal. */
  async load(): Promise<SnapshotState> {
    try {
      return SnapshotFile.parse(JSON.parse(await readFile(this.#file, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#logger.warn({ file: this.#file, err: error }, 'snapshot cannot be read; going on without it');
      }
      return { seq: 0, functions: [], unclaimed: [] };
    }
  }

  /**
   * Resolves once this, or what came later, are on the disk, or could not be written (which is logged). One write
   * at a time; what comes meanwhile is written once, in its last state. The file is replaced whole, readable by its
   * owner only (it holds environment values).
   */
  save(state: SnapshotState): Promise<void> {
    this.#next = state;
    return (this.#saving ??= this.#writeAll().finally(() => {
      this.#saving = undefined;
    }));
  }

  async #writeAll(): Promise<void> {
    // What is saved in one go of the event loop is one write.
    await Promise.resolve();
    while (this.#next) {
      const { seq, functions, unclaimed } = this.#next;
      this.#next = undefined;
      const file = { savedAt: new Date().toISOString(), seq, functions, unclaimed };
      await this.#write(JSON.stringify(file, null, 1)).catch((error: unknown) =>
        this.#logger.warn({ err: error }, 'snapshot was not saved'),
      );
    }
  }

  async #write(text: string): Promise<void> {
    await mkdir(path.dirname(this.#file), { recursive: true, mode: 0o700 });
    const temporary = `${this.#file}.tmp`;
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, this.#file);
  }
}
