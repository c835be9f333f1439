import { PlatformError } from '@plat/platform-kit/errors.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Roll-ups of the same calls in steps of several lengths; the finer, the shorter they are kept. */
export const TIERS = [
  { resolutionS: 10, keepMs: 3 * HOUR_MS },
  { resolutionS: 60, keepMs: 8 * DAY_MS },
  { resolutionS: 3600, keepMs: 400 * DAY_MS },
] as const;

const NICE_STEPS_MS = [
  ...[10, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 5].map((days) => days * DAY_MS),
];
/** So many points a chart gets that does not say. */
const USUAL_POINTS = 120;

export type Span = {
  resolutionS: number;
  stepMs: number;
  /** Start of the first step; all steps begin at multiples of `stepMs` since 1970. */
  fromMs: number;
  toMs: number;
};

/**
 * Which roll-ups to read for a range that ends at `toMs`: the coarsest that are fine enough for the step and kept for
 * long enough. Where none are, the step becomes longer. Throws `invalid` for more points than `pointsMax`.
 */
export function chooseSpan(query: {
  toMs: number;
  rangeMs: number;
  stepMs?: number | undefined;
  pointsMax: number;
}): Span {
  const { toMs, rangeMs, pointsMax } = query;
  const wantedMs = query.stepMs ?? NICE_STEPS_MS.find((ms) => rangeMs / ms <= USUAL_POINTS) ?? 5 * DAY_MS;
  const lasting = TIERS.filter((tier) => tier.keepMs >= rangeMs);
  const tier =
    lasting.findLast((candidate) => candidate.resolutionS * 1000 <= wantedMs) ?? lasting[0] ?? TIERS.at(-1)!;
  const resolutionMs = tier.resolutionS * 1000;
  const stepMs = Math.max(1, Math.ceil(wantedMs / resolutionMs)) * resolutionMs;
  if (rangeMs / stepMs > pointsMax) {
    const leastS = Math.ceil(rangeMs / pointsMax / 1000);
    throw new PlatformError(
      'invalid',
      `step: a range of ${rangeMs / 1000} s in steps of ${stepMs / 1000} s has more than ${pointsMax} points; take a step of at least ${leastS}s.`,
      { details: { field: 'step', leastSeconds: leastS } },
    );
  }
  return { resolutionS: tier.resolutionS, stepMs, fromMs: Math.floor((toMs - rangeMs) / stepMs) * stepMs, toMs };
} // prettier-ignore
