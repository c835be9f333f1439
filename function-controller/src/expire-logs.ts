import type { Logger } from '@plat/platform-kit/logging.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { KeptLogs } from './kept-logs.ts';

const HOUR_MS = 3_600_000;

/** Removes kept logs that are too old, at once and every hour, also of functions that print nothing any more. Ends with `signal`. */
export async function expireLogs(
  keptLogs: Pick<KeptLogs, 'expire'>,
  { logger, everyMs = HOUR_MS }: { logger: Logger; everyMs?: number },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await keptLogs
      .expire(signal)
      .catch((error: unknown) => logger.warn({ err: error }, 'old logs could not be removed'));
    await pause(everyMs, signal);
  }
}
