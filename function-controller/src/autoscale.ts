/** How many calls a version had, running and waiting, from `atMs` on until the next sample. */
export type LoadSample = { atMs: number; demand: number };

/** While a burst is being met: no fewer than `count` instances until `untilMs`. */
export type Panic = { untilMs: number; count: number };

export type AutoscaleInput = {
  /** In order of time; the last one holds until now. */
  samples: readonly LoadSample[];
  concurrency: number;
  /** How full an instance should be in the long run, as a share of `concurrency`. */
  target: number;
  max: number;
  /** Instances that serve or are about to. */
  present: number;
  panic: Panic | undefined;
  nowMs: number;
};

/** Knative's windows: https://knative.dev/docs/serving/autoscaling/kpa-specific/ */
export const STABLE_WINDOW_MS = 60_000;
export const PANIC_WINDOW_MS = 6000;
const PANIC_FACTOR = 2;
/** First calls that come together are seen one after the other: so long after the first of them those count that are there. */
const FIRST_MS = 500;
/** In one decision it goes down to this share of what is there at most. */
const LEAST_SHARE = 0.5;

/**
 * How many instances a version that is in use should have, by the calls it had: the average of a stable window, filled
 * to `target`, and in a burst the average of a short one, filled to the brim. Pure.
 *
 * INVARIANTS
 * 1. At most one instance per `concurrency` calls that are there, until the stable window is full.
 * 2. It never goes down during a burst, nor before as much is known as the stable window holds.
 */
export function autoscale(input: AutoscaleInput): { count: number; panic: Panic | undefined } {
  const { samples, concurrency, max, present, nowMs } = input;
  const within = (count: number) => Math.max(1, Math.min(count, max));
  const first = samples[0];
  if (!first) return { count: within(present), panic: undefined };

  const stableDemand = total(samples, nowMs - STABLE_WINDOW_MS, nowMs) / STABLE_WINDOW_MS;
  const stable = Math.ceil(stableDemand / (concurrency * input.target));
  const since = Math.max(nowMs - PANIC_WINDOW_MS, first.atMs);
  const isBeginning = nowMs - first.atMs < FIRST_MS;
  const burstDemand = isBeginning ? samples.at(-1)!.demand : total(samples, since, nowMs) / (nowMs - since);
  const burst = Math.ceil(burstDemand / concurrency);

  let panic = input.panic && input.panic.untilMs > nowMs ? input.panic : undefined;
  const isBurst = within(burst) >= PANIC_FACTOR * Math.max(1, present);
  if (isBurst || (panic && burst > panic.count))
    panic = { untilMs: nowMs + STABLE_WINDOW_MS, count: Math.max(burst, panic?.count ?? 0) };
  const knowsEnough = nowMs - first.atMs >= STABLE_WINDOW_MS;
  const floor = knowsEnough ? Math.floor(present * LEAST_SHARE) : present;
  return { count: within(Math.max(stable, floor, panic?.count ?? 0)), panic };
}

/** The demand of a span summed up over its milliseconds; before the first sample there was none. */
function total(samples: readonly LoadSample[], fromMs: number, toMs: number): number {
  let sum = 0;
  samples.forEach(({ atMs, demand }, i) => {
    const beginMs = Math.max(atMs, fromMs);
    const endMs = Math.min(samples[i + 1]?.atMs ?? toMs, toMs);
    if (endMs > beginMs) sum += demand * (endMs - beginMs);
  });
  return sum;
}
