import { mkdir, readFile, rename, open } from 'node:fs/promises';
import path from 'node:path';
import { FunctionRecord } from '@plat/platform-kit/domain.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { z } from 'zod';

const SnapshotFile = z.object({ savedAt: z.string(), functions: z.array(FunctionRecord) });

/**
 * `functions.json`: the last known functions, so that the controller restores their instances while the metadata
 * service is away. A copy, never an authority: the change feed replaces it as soon as it answers.
 */
export class Snapshot {
  readonly #file: string;
  readonly #logger: Logger;
  #saving: Promise<void> | undefined;
  #next: readonly FunctionRecord[] | undefined;

  constructor(folder: string, logger: Logger) {
    this.#file = path.join(folder, 'functions.json');
    this.#logger = logger;
  }

  /** Empty when there is none or it cannot be read; a damaged file is reported and left out, never fatal. */
  async load(): Promise<FunctionRecord[]> {
    try {
      return SnapshotFile.parse(JSON.parse(await readFile(this.#file, 'utf8'))).functions;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#logger.warn({ file: this.#file, err: error }, 'snapshot cannot be read; going on without it');
      }
      return [];
    }
  }

  /**
   * Resolves once these functions, or later ones, are on the disk, or could not be written (which is logged). One write
   * at a time; what comes meanwhile is written once, in its last state. The file is replaced whole, readable by its
   * owner only (it holds environment values).
   */
  save(functions: readonly FunctionRecord[]): Promise<void> {
    this.#next = functions;
    return (this.#saving ??= this.#writeAll().finally(() => {
      this.#saving = undefined;
    }));
  }

  async #writeAll(): Promise<void> {
    // What is saved in one go of the event loop is one write.
    await Promise.resolve();
    while (this.#next) {
      const functions = this.#next;
      this.#next = undefined;
      await this.#write(JSON.stringify({ savedAt: new Date().toISOString(), functions }, null, 1)).catch(
        (error: unknown) => this.#logger.warn({ err: error }, 'snapshot was not saved'),
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
