import type { ChangeFollower } from '@plat/platform-kit/change-feed.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { InstanceIndex } from './instance-index.ts';

const CATCH_UP_TIMEOUT_MS = 5000;

export type DrainRequest = { instanceId: string; seq: number; timeoutMs: number; callsTimeoutMs: number };

/**
 * Takes an instance out of service: first the feed up to `seq`, so that nobody wakes the version that is being given up,
 * then out of the index at once, then its calls may end, for `timeoutMs` or, if that is longer, `callsTimeoutMs`. Upgraded
 * connections never end by themselves; they are closed after `timeoutMs`. Answers how many calls are left.
 */
export async function drainInstance(
  { instanceId, seq, timeoutMs, callsTimeoutMs }: DrainRequest,
  deps: { index: InstanceIndex; follower: Pick<ChangeFollower, 'caughtUp'> },
  signal: AbortSignal,
): Promise<{ inFlight: number }> {
  await deps.follower.caughtUp(seq, CATCH_UP_TIMEOUT_MS);
  const instance = deps.index.takeOut(instanceId);
  if (!instance) return { inFlight: 0 };
  const waited = new AbortController();
  const stop = () => waited.abort();
  signal.addEventListener('abort', stop, { once: true });
  void instance.whenIdle().then(stop);
  if (instance.inFlight > 0) await pause(timeoutMs, waited.signal);
  if (!signal.aborted) for (const socket of instance.sockets) socket.destroy();
  if (instance.inFlight > 0 && callsTimeoutMs > timeoutMs)
    await pause(callsTimeoutMs - timeoutMs, waited.signal);
  signal.removeEventListener('abort', stop);
  return { inFlight: instance.inFlight };
}
