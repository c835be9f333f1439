import { ConfigError } from '@plat/platform-kit/config.ts';
import { CommanderError } from 'commander';
import { readConfig } from './config.ts';
import { createProgram } from './program.ts';

/** Runs `plat-admin`; the only place that ends the process. 0: done, 1: failed, 2: wrong usage. */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  try {
    await createProgram(readConfig(), (line) => process.stdout.write(`${line}\n`)).parseAsync(argv, {
      from: 'user',
    });
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
    process.stderr.write(
      `${isForThePerson(error) ? error.message : ((error as Error).stack ?? String(error))}\n`,
    );
    process.exit(1);
  }
}

/** Ours, and what the system says about files and disks. */
function isForThePerson(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return (
    error instanceof ConfigError ||
    error.name === 'StartError' ||
    /^E[A-Z]+$/.test((error as NodeJS.ErrnoException).code ?? '')
  );
}
