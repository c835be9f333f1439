import { ConfigError } from './config.ts';
import type { Running } from './http-server.ts';

/** Errors that are meant for the person at the terminal: only their message is printed, no stack. */
function isForThePerson(error: unknown): error is Error {
  return error instanceof ConfigError || (error instanceof Error && error.name === 'StartError');
}

/** Something outside keeps the service from starting; the message says what, and what to do. */
export class StartError extends Error {
  override name = 'StartError';
}

/**
 * The whole of a `main.ts`: starts, prints what is wrong with the start and exits 1, closes on SIGINT and SIGTERM and
 * exits 0; a second signal, or `closeTimeoutMs`, ends the process at once with 1.
 */
export async function runService(
  start: () => Promise<Running>,
  options: { closeTimeoutMs?: number } = {},
): Promise<void> {
  let running: Running;
  try {
    running = await start();
  } catch (error) {
    process.stderr.write(
      `${isForThePerson(error) ? error.message : ((error as Error).stack ?? String(error))}\n`,
    );
    process.exit(1);
  }
  let closing = false;
  const close = () => {
    if (closing) process.exit(1);
    closing = true;
    setTimeout(() => process.exit(1), options.closeTimeoutMs ?? 30_000).unref();
    running.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', close);
  process.on('SIGTERM', close);
}
