import { lstat, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { StartError } from './run-service.ts';

/**
 * Makes room for a Unix socket: its folder (mode 0700) where there is none, and what a process that was killed left of the
 * one before is taken away. Errors: StartError.
 */
export async function clearSocketPath(socketPath: string): Promise<void> {
  await mkdir(path.dirname(socketPath), { recursive: true, mode: 0o700 });
  const found = await lstat(socketPath).catch(() => undefined);
  if (found && !found.isSocket())
    throw new StartError(`There is something else than a socket at ${socketPath}; listen at another path.`);
  await rm(socketPath, { force: true });
}

/** The error of a listener at `socketPath`, for the person at the terminal. */
export function socketError(socketPath: string, error: Error): StartError {
  if (error instanceof StartError) return error;
  return new StartError(
    `Nothing can listen at ${socketPath} (${error.message}). The user of this process has to be able to write to its folder.`,
  );
}
