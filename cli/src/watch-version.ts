import type { BuildLogLine, VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { ServerSentEvent } from '@plat/platform-kit/sse.ts';
import { isTerminal } from '@plat/platform-kit/version-states.ts';
import { backoffMs, deadline, pause } from '@plat/platform-kit/waiting.ts';
import { CliError } from './cli-error.ts';

/** How often in a row the stream may break off before the watcher gives up. */
const MAX_FAILURES = 8;
const LOG_TAIL_MS = 6000;

export type WatchOptions = {
  /** Opens the event stream of the version; called again after it was cut. */
  open: (signal: AbortSignal) => AsyncIterable<ServerSentEvent>;
  onState: (version: VersionRecord) => void | Promise<void>;
  onLog: (line: BuildLogLine) => void | Promise<void>;
  timeoutMs: number;
  signal: AbortSignal;
  /** How long the rest of the log may take once the version is terminal; the platform sends `end` behind it. */
  logTailMs?: number;
  /** The delay before the n-th attempt in a row to connect again. */
  backoff?: (failures: number) => number;
};

/**
 * Follows a deploy until it is over. A cut stream is opened again, with back-off, and log lines that were seen before
 * are not told twice. Rejects with a `network` error when the deadline passes or the stream cannot be had any more, with
 * the platform's own error when it answers with one, and at once when `signal` aborts.
 */
export async function watchVersion(options: WatchOptions): Promise<VersionRecord> {
  const signal = deadline(options.timeoutMs, options.signal);
  const backoff =
    options.backoff ?? ((failures: number) => backoffMs(failures, { baseMs: 200, maxMs: 5000 }));
  const log = createLogCursor();
  for (let failures = 0; ;) {
    log.restart();
    const tail = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    let last: VersionRecord | undefined;
    try {
      for await (const { event, data } of options.open(AbortSignal.any([signal, tail.signal]))) {
        failures = 0;
        if (event === 'log' && log.isNew(data as BuildLogLine)) await options.onLog(data as BuildLogLine);
        if (event !== 'state' && event !== 'end') continue;
        const version = data as VersionRecord;
        await options.onState(version);
        if (!isTerminal(version.state)) continue;
        last = version;
        if (event === 'end' || version.state === 'ready') break;
        timer ??= setTimeout(() => tail.abort(), options.logTailMs ?? LOG_TAIL_MS);
      }
    } catch (error) {
      if (!last && !signal.aborted && (!isTransient(error) || failures >= MAX_FAILURES)) throw error;
    } finally {
      clearTimeout(timer);
    }
    options.signal.throwIfAborted();
    if (last) return last;
    if (signal.aborted) throw new CliError('network', 'The deploy took longer than --wait-timeout allows.');
    if (++failures > MAX_FAILURES) {
      throw new CliError('network', 'The event stream of the deploy breaks off again and again.');
    }
    await pause(backoff(failures), signal);
  }
}

/** Whether the stream may be had again in a moment. */
export function isTransient(error: unknown): boolean {
  if (error instanceof CliError) return error.exit === 'network';
  return (
    error instanceof PlatformError &&
    ['unreachable', 'unavailable', 'rate_limited', 'internal'].includes(error.code)
  );
}

/** After a reconnect the server tells the log from its start; what was told already is passed over. */
function createLogCursor() {
  const seen: string[] = [];
  let at = 0;
  return {
    restart: () => {
      at = 0;
    },
    isNew: (line: BuildLogLine): boolean => {
      const key = JSON.stringify([line.at, line.phase, line.text]);
      if (seen[at] === key) {
        at++;
        return false;
      }
      const known = seen.indexOf(key, at);
      if (known >= 0) {
        at = known + 1;
        return false;
      }
      seen.push(key);
      at = seen.length;
      return true;
    },
  };
}
