import type { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import type { Claim } from '@plat/platform-kit/claim.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { Activity } from '../activity.ts';
import type { HostInstance, InstanceHost } from '../instance-host.ts';
import type { InstanceLocks } from '../instance-locks.ts';
import type { Retirements } from '../retirements.ts';
import { versionKey } from '../version-key.ts';
import type { WakeBook } from '../wake-book.ts';
import { HostBudget } from './host-budget.ts';
import type { VersionStanding } from './rate-holdings.ts';
import { readLimits, type LimitSettings } from './read-limits.ts';
import type { Keeping } from './room-books.ts';
import type { Usefulness } from './usefulness.ts';

export type BudgetSettings = LimitSettings & { queueLimit: number; queueTimeoutMs: number };

/** For an instance whose labels do not say, of a version that the record does not know any more. */
const USUAL_CLAIM = { memoryMb: 128, cpus: 1 };

export type BudgetParts = {
  settings: BudgetSettings;
  host: InstanceHost;
  proxy: Pick<ProxyClient, 'park'>;
  activity: Activity;
  wakes: WakeBook;
  retirements: Retirements;
  locks: InstanceLocks;
  usefulness: Usefulness;
  instancePids: number;
  drainTimeoutMs: number;
  versionOf: (functionId: string, version: number) => VersionRecord | undefined;
  mayEvict: () => boolean;
  /** See {@link Pools.giveUp}. */
  giveUp: (pooledId: string) => Promise<boolean>;
  onRoom: (functionId: string) => void;
  logger: Logger;
};

/** The budget, with what the controller knows of instances and how it takes one out. */
export function openBudget(parts: BudgetParts): HostBudget {
  const { settings, host, wakes, usefulness, retirements, versionOf } = parts;
  return new HostBudget({
    host,
    readLimits: () => readLimits(settings, host),
    queueLimit: settings.queueLimit,
    queueTimeoutMs: settings.queueTimeoutMs,
    comingTimeoutMs: parts.drainTimeoutMs,
    rating: {
      claimOf: (instance) => claimOf(instance, parts),
      standing: (functionId, version) => standingOf(versionOf(functionId, version), parts),
      worth: (key, memoryMb) => usefulness.worth(key, memoryMb, Date.now()),
      isLeaving: (id) => retirements.has(id),
    },
    mayEvict: parts.mayEvict,
    evict: (instance, keeping) => evict(instance, keeping, parts),
    giveUp: parts.giveUp,
    onRoom: parts.onRoom,
    onCrowded: (key, { reason, isFirst }) => {
      if (isFirst) wakes.settle(key, { outcome: 'no_room', reason });
    },
    logger: parts.logger,
  });
}

function claimOf({ labels }: HostInstance, { versionOf, instancePids }: BudgetParts): Claim {
  const { memoryMb, cpus } = versionOf(labels.functionId, labels.version)?.config ?? USUAL_CLAIM;
  return labels.claim ?? { memoryMb, cpus, pids: instancePids };
}

function standingOf(version: VersionRecord | undefined, { activity, wakes }: BudgetParts): VersionStanding {
  if (version?.state !== 'ready') return { isServing: false, isBusy: false, lastUsedAtMs: 0, min: 0 };
  const use = activity.of(version.functionId, version.number);
  return {
    isServing: true,
    isBusy: (use?.busy ?? false) || wakes.has(versionKey(version.functionId, version.number)),
    lastUsedAtMs: use?.lastUsedAtMs ?? 0,
    min: version.config.scale.min,
  };
}

/** One that should have no call goes only if the proxy finds it so; one of several that have drains first. */
function evict(instance: HostInstance, keeping: Keeping, parts: BudgetParts): Promise<boolean> {
  const { functionId, version } = instance.labels;
  return parts.locks.run(instance.id, async () => {
    if (keeping !== 'surplus') {
      if (parts.wakes.has(versionKey(functionId, version))) return false;
      const { parked } = await parts.proxy.park(instance.id);
      if (!parked) return false;
      parts.activity.evicted(functionId, version, Date.now());
    }
    parts.retirements.begin(instance, { drain: true });
    return true;
  });
}
