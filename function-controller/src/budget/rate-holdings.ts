import { NOTHING, type Claim } from '@plat/platform-kit/claim.ts';
import type { HostInstance } from '../instance-host.ts';
import { versionKey } from '../version-key.ts';
import type { Holding, Keeping } from './room-books.ts';

/** A version without a call for less than this may be called again right now: its instances do not change places. */
export const STILL_MS = 1000;

/** What is known of a version's use. */
export type VersionStanding = {
  /** False for one that is being deployed, and for one that the record does not know: the plan decides about those. */
  isServing: boolean;
  isBusy: boolean;
  lastUsedAtMs: number;
  /** Instances that are always kept. */
  min: number;
};

export type RateInput = {
  instances: readonly HostInstance[];
  claimOf: (instance: HostInstance) => Claim;
  standing: (functionId: string, version: number) => VersionStanding;
  worth: (key: string, memoryMb: number) => number;
  isLeaving: (instanceId: string) => boolean;
  /** Instances that wait for room themselves, or that cannot go right now. */
  isHeld: (instanceId: string) => boolean;
  nowMs: number;
};

/** What each instance takes, and what it is to others that want its room. Pure. */
export function rateHoldings(input: RateInput): Holding[] {
  const groups = new Map<string, HostInstance[]>();
  for (const instance of input.instances) {
    const key = versionKey(instance.labels.functionId, instance.labels.version);
    groups.set(key, [...(groups.get(key) ?? []), instance]);
  }
  return [...groups].flatMap(([key, group]) => {
    const { functionId, version } = group[0]!.labels;
    const standing = input.standing(functionId, version);
    // Those that serve at once are the last to go, older before younger.
    const order = [...group].sort(
      (a, b) =>
        Number(a.status === 'paused') - Number(b.status === 'paused') || a.createdAtMs - b.createdAtMs,
    );
    let place = 0;
    return order.map((instance): Holding => {
      const claim = taken(instance, input.claimOf(instance));
      const isLeaving = input.isLeaving(instance.id);
      const keeping = keepingOf(instance, standing, place, input);
      if (!isLeaving && claim !== NOTHING) place++;
      const worth = input.worth(key, claim.memoryMb);
      return { ...claim, id: instance.id, project: instance.labels.project, keeping, worth, isLeaving };
    });
  });
}

/** A paused instance has no CPU, one that is stopped has nothing. */
export function taken({ status }: Pick<HostInstance, 'status'>, claim: Claim): Claim {
  if (status === 'running' || status === 'restarting') return claim;
  return status === 'paused' ? { ...claim, cpus: 0 } : NOTHING;
}

function keepingOf(
  instance: HostInstance,
  { isServing, isBusy, lastUsedAtMs, min }: VersionStanding,
  /** How many of its version come before it. */
  place: number,
  { isHeld, nowMs }: RateInput,
): Keeping {
  if (!isServing || isHeld(instance.id)) return 'needed';
  if (isBusy || nowMs - lastUsedAtMs < STILL_MS) {
    if (place === 0) return 'needed';
    return instance.status === 'paused' && place >= min ? 'spare' : 'surplus';
  }
  return place < min ? 'kept' : 'spare';
}
