import type { ControllerClient } from '@plat/platform-kit/clients/controller-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { backoffMs, pause } from '@plat/platform-kit/waiting.ts';
import type { VersionRoute } from './version-route.ts';

/** The controller learns of a new version from the same feed as the proxy; this many times it may be the slower one. */
const NOT_FOUND_TRIES = 5;
/** In `details.reason`: other instances have all that instances may take of the host. */
const NO_ROOM = 'no_room';
const RETRY = { baseMs: 50, maxMs: 1000 };

export type WakeDeps = {
  controller: Pick<ControllerClient, 'wake'>;
  timeoutMs: number;
  onAway: (error: unknown) => void;
};

/** What is asked for, and heard, while a version is woken. */
export type Wake = {
  /** How many calls wait now. */
  waiting: () => number;
  /** Ids of instances that could go on at once, no more than are wanted. */
  paused: () => string[];
  /** Of the call that the wake is for. */
  traceparent: () => string | undefined;
  /** These go on now. */
  onResumed: (ids: readonly string[]) => void;
};

/**
 * Asks the controller to wake a version, again and again until `signal` aborts (an instance is ready, or nobody waits
 * any more). Resolves when it aborted; rejects with what every waiter should be told when there is no hope:
 * `function_failed`, `unavailable`, `not_found`, and `conflict` for a version whose image was removed.
 */
export async function wakeVersion(
  version: VersionRoute,
  wake: Wake,
  deps: WakeDeps,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const paused = wake.paused();
      const woken = await deps.controller.wake(version.functionId, version.number, {
        timeoutMs: deps.timeoutMs,
        waiting: wake.waiting(),
        ...(paused.length > 0 && { paused }),
        traceparent: wake.traceparent(),
        signal,
      });
      if (woken.outcome === 'failed') throw startFailed(version, woken.reason);
      if (woken.outcome === 'no_room') throw noRoom(version, woken.reason);
      if (woken.outcome === 'ready' && woken.resumed) wake.onResumed(woken.resumed);
      failures = 0;
      // Ready there, not yet here: discovery and the probe need a moment. Asking again costs little.
      await pause(RETRY.maxMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      const { code, details } = error as { code?: string; details?: { reason?: unknown } };
      if (code === 'function_failed') throw error;
      if (details?.reason === 'image_removed' || details?.reason === NO_ROOM) throw error;
      if (code === 'conflict') throw stopped(version);
      if (code === 'not_found' && failures >= NOT_FOUND_TRIES) throw error;
      if (code !== 'not_found') deps.onAway(error);
      await pause(backoffMs(failures, RETRY), signal);
    }
  }
}

function startFailed(version: VersionRoute, reason: string): PlatformError {
  return new PlatformError(
    'function_failed',
    `Version ${version.number} of the function "${version.function}" could not start: ${reason}`,
    { details: { reason, phase: 'starting' } },
  );
}

function noRoom(version: VersionRoute, reason: string): PlatformError {
  return new PlatformError(
    'unavailable',
    `There is no room on the host to start the function "${version.function}" right now: ${reason} Try again in a moment.`,
    { details: { reason: NO_ROOM, retryAfterSeconds: 2 } },
  );
}

function stopped(version: VersionRoute): PlatformError {
  return new PlatformError(
    'unavailable',
    `The function "${version.function}" is stopped; start it with plat start ${version.function}.`,
    { details: { reason: 'stopped' } },
  );
}
