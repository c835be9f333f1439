/*
 * Durations are counted in buckets, so that percentiles of any span of time can be had from sums. Bucket 0 holds what
 * took up to 0.1 ms, each next one what took up to 1.4 times as long, the last one everything beyond 12 minutes.
 */

export const BUCKETS = 48;
const FIRST_MS = 0.1;
const FACTOR = 1.4;

export type BucketColumn = `b${number}`;
export const BUCKET_COLUMNS = Array.from({ length: BUCKETS }, (_, i): BucketColumn => `b${i}`);

/** The bucket that a duration is counted in. */
export function bucketOf(ms: number): number {
  if (!(ms > FIRST_MS)) return 0;
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(ms / FIRST_MS) / Math.log(FACTOR) - 1e-9));
}

/**
 * The duration below which the share `q` (0 to 1) of all counted ones lies, to within a bucket (a factor of 1.4; inside
 * of it durations are taken to be spread evenly). Null when nothing was counted.
 */
export function quantile(counts: readonly number[], q: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = q * total;
  let below = 0;
  for (const [bucket, count] of counts.entries()) {
    if (count > 0 && below + count >= rank) {
      const upper = FIRST_MS * FACTOR ** bucket;
      const lower = bucket === 0 ? 0 : upper / FACTOR;
      return round(lower + (upper - lower) * Math.max(0, (rank - below) / count));
    }
    below += count;
  }
  return null;
}

function round(ms: number): number {
  return Number(ms.toPrecision(4));
}
