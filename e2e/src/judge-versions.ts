import type { SteadyCall } from './steady-calls.ts';

/** From `askedAt` on an alias may, and from `acknowledgedAt` on it must name these versions only. */
export type AliasChange = { askedAt: number; acknowledgedAt: number; versions: readonly number[] };

/**
 * How long after it was acknowledged that an alias no longer names its version a call was sent, for each call that such
 * a version answered; 0 for those in order. A proxy hears of a change a moment after it was acknowledged.
 */
export function staleness(call: SteadyCall, changes: readonly AliasChange[]): number {
  const until = changes.flatMap(({ askedAt, versions }, i) => {
    const end = changes[i + 1]?.acknowledgedAt ?? Infinity;
    return versions.includes(call.version) && askedAt <= call.answeredAt ? [end] : [];
  });
  return Math.max(0, call.sentAt - Math.max(-Infinity, ...until));
}
