import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Fault } from './faults.ts';
import { nameInRun } from './run.ts';

/** Where Debian's package libfaketime puts it (amd64, arm64). */
const LIBRARY = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
  .map((machine) => `/usr/lib/${machine}/faketime/libfaketime.so.1`)
  .find((file) => existsSync(file));

/** Why clocks cannot be stepped on this machine; undefined when they can. */
export function clockProblem(): string | undefined {
  if (LIBRARY !== undefined) return undefined;
  const problem = 'libfaketime is not installed';
  if (process.env['PLAT_FORBID_SKIPS'] === '1') throw new Error(`${problem}, and skips are forbidden.`);
  return problem;
}

/** The time of day as the services of a stack see it that is laid over with `stepped-clock.yaml`. */
export class SteppedClock {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<SteppedClock> {
    const folder = await mkdtemp(path.join(os.tmpdir(), `${nameInRun()}-`));
    // The services run as another user.
    await chmod(folder, 0o755);
    const clock = new SteppedClock(folder);
    await clock.#step(0);
    return clock;
  }

  /** Variables for the stack. */
  get settings(): Record<string, string> {
    return { CLOCK_LIBRARY: LIBRARY ?? '', CLOCK_FOLDER: this.#folder };
  }

  /** An hour forth, and back again when it is over. */
  stepped(lastsMs: number): Fault {
    return {
      name: `clock stepped by an hour, and back after ${lastsMs / 1000} s`,
      warmCalls: 'go on',
      lastsMs,
      inflict: () => this.#step(3600),
      undo: () => this.#step(0),
    };
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }

  #step(seconds: number): Promise<void> {
    return writeFile(path.join(this.#folder, 'offset'), `+${seconds}\n`);
  }
}
