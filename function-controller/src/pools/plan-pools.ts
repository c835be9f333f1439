import { shortOf, subtractClaims, NOTHING, type Claim } from '@plat/platform-kit/claim.ts';

/** How many containers a pool has use for, and when it was last of use. */
export type PoolDemand = { key: string; burst: number; lastAtMs: number };

/** `useless`: it never got ready, ended, or has a function's code in it. */
export type PoolContainer = {
  id: string;
  key: string;
  state: 'warm' | 'starting' | 'useless';
  createdAtMs: number;
};

/** `isShort`: there would be more if there were room. */
export type PoolPlan = { start: string[]; remove: string[]; isShort: boolean };

/**
 * Decides which pools get another container and which containers go. Pure. Never more than `limit` in all: every pool
 * gets one first, the latest used before the others, then each in turn as many as its largest burst. Together they take
 * no more than `room`, which is what instances leave of the host: they are the first to go.
 */
export function planPools(input: {
  demands: readonly PoolDemand[];
  containers: readonly PoolContainer[];
  limit: number;
  room: Claim;
  /** What each container of a pool takes; undefined when it cannot be known, and none can be started. */
  claimOf: (key: string) => Claim | undefined;
}): PoolPlan {
  const sizes = shareOut(input);
  const remove = input.containers.filter(({ state }) => state === 'useless').map(({ id }) => id);
  const kept = new Map<string, number>();
  const usable = input.containers
    .filter(({ state }) => state !== 'useless')
    .sort((a, b) => rank(a) - rank(b) || a.createdAtMs - b.createdAtMs);
  for (const { id, key } of usable) {
    const count = kept.get(key) ?? 0;
    if (count < (sizes.get(key) ?? 0)) kept.set(key, count + 1);
    else remove.push(id);
  }
  const start = [...sizes].flatMap(([key, size]) => Array<string>(size - (kept.get(key) ?? 0)).fill(key));
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const wanted = input.demands.reduce((sum, { burst }) => sum + burst, 0);
  return { start, remove, isShort: total < Math.min(wanted, input.limit) };
}

function shareOut({
  demands,
  limit,
  room,
  claimOf,
}: Pick<Parameters<typeof planPools>[0], 'demands' | 'limit' | 'room' | 'claimOf'>): Map<string, number> {
  const sizes = new Map<string, number>();
  let free = room;
  const latestFirst = [...demands].sort((a, b) => b.lastAtMs - a.lastAtMs);
  let left = limit;
  for (let round = 1; left > 0 && latestFirst.some(({ burst }) => burst >= round); round++)
    for (const { key, burst } of latestFirst) {
      const claim = claimOf(key);
      if (burst < round || left === 0 || !claim || (sizes.get(key) ?? 0) < round - 1) continue;
      const rest = subtractClaims(free, claim);
      if (shortOf(NOTHING, rest).length > 0) continue;
      sizes.set(key, round);
      free = rest;
      left--;
    }
  return sizes;
}

function rank({ state }: PoolContainer): number {
  return state === 'warm' ? 0 : 1;
}
