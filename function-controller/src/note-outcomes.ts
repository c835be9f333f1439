import type { ObservedInstance } from './plan-steps.ts';
import type { StartBackoff } from './start-backoff.ts';
import { versionKey } from './version-key.ts';
import type { WakeBook } from './wake-book.ts';

/** Tells those who wait for a wake what the instances say, and the back-off how starts went. */
export function noteOutcomes(
  books: { backoff: StartBackoff; wakes: WakeBook },
  functionId: string,
  seen: { versions: Iterable<number>; observed: readonly ObservedInstance[]; nowMs: number },
): void {
  const numbers = new Set([...seen.versions, ...seen.observed.map((instance) => instance.version)]);
  for (const number of numbers) {
    const key = versionKey(functionId, number);
    noteVersion(
      books,
      key,
      seen.observed.filter((instance) => instance.version === number),
      seen.nowMs,
    );
  }
}

function noteVersion(
  { backoff, wakes }: { backoff: StartBackoff; wakes: WakeBook },
  key: string,
  instances: readonly ObservedInstance[],
  nowMs: number,
): void {
  const useless = instances.filter((instance) => instance.status === 'failed' || instance.status === 'hung');
  for (const { id, reason } of useless) {
    backoff.failed(key, nowMs, { instanceId: id, reason: reason ?? 'The instance does not start.' });
  }
  if (instances.some((instance) => instance.status === 'ready')) {
    if (useless.length === 0) backoff.succeeded(key);
    wakes.settle(key, { outcome: 'ready' });
    return;
  }
  const crashed = instances.find((instance) => instance.status === 'crashed' && !instance.recovers);
  if (crashed) {
    wakes.settle(key, { outcome: 'failed', reason: crashed.reason ?? 'The instance ended.' });
    return;
  }
  const hope = instances.some((instance) =>
    ['starting', 'paused', 'stopped', 'crashed'].includes(instance.status),
  );
  const reason = backoff.lastReason(key);
  // Once the back-off is over the plan starts another one: that is what those who wait now wait for.
  if (!hope && reason !== undefined && backoff.waitMs(key, nowMs) > 0)
    wakes.settle(key, { outcome: 'failed', reason });
}
