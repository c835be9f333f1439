import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** What the names of all that this run of the tests makes on the machine begin with. */
    run: string;
  }
}

const PREFIX = 'plat-e2e-';
const OWNER = 'pid';

let outsideOfTests: string | undefined;

/** The run that this file of tests belongs to; outside of tests, as in benchmarks, one that is over when this process is. */
export function currentRun(): string {
  return process.env['VITEST'] ? inject('run') : (outsideOfTests ??= beginRun());
}

/** A name for something that is removed with this run at the latest: `plat-e2e-<run>-<random>`. */
export function nameInRun(): string {
  return `${currentRun()}-${randomBytes(3).toString('hex')}`;
}

/** A folder for what the files of this run share; it is removed with the run. */
export function runFolder(run = currentRun()): string {
  return path.join(os.tmpdir(), run);
}

/** Begins a run, which is over when this process is. */
export function beginRun(): string {
  const run = `${PREFIX}${randomBytes(3).toString('hex')}`;
  mkdirSync(runFolder(run), { recursive: true });
  writeFileSync(path.join(runFolder(run), OWNER), String(process.pid));
  return run;
}

/** Runs that were killed and left what they had made. */
export function deadRuns(): string[] {
  return readdirSync(os.tmpdir()).filter((name) => {
    if (!/^plat-e2e-[0-9a-f]{6}$/.test(name)) return false;
    try {
      process.kill(Number(readFileSync(path.join(runFolder(name), OWNER), 'utf8')), 0);
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ESRCH';
    }
  });
}

/** Removes a run's folders, those of its platforms among them. */
export async function removeFolders(run: string): Promise<void> {
  const own = readdirSync(os.tmpdir()).filter((name) => name === run || name.startsWith(`${run}-`));
  for (const name of own) await rm(path.join(os.tmpdir(), name), { recursive: true, force: true });
}
