/** Upper bounds of the buckets of every histogram of durations, in seconds: from a warm call to a long build. */
export const DURATION_BOUNDS_S = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120,
] as const;

/** Durations added up: two writes and no allocation each, so that it can stand on the way of a call. */
export class Durations {
  /** Per bucket, not cumulative; the last one is for all that is longer. */
  readonly counts = new Float64Array(DURATION_BOUNDS_S.length + 1);
  sumS = 0;

  noteMs(ms: number): void {
    const s = ms / 1000;
    let bucket = 0;
    while (bucket < DURATION_BOUNDS_S.length && s > DURATION_BOUNDS_S[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.sumS += s;
  }
}

type Row = { metricName: string; labels: Record<string, string | number>; value: number };

/** A histogram as its text has it: buckets that include the shorter ones, sum and count. */
export function bucketRows(name: string, labels: Record<string, string>, { counts, sumS }: Durations): Row[] {
  let count = 0;
  const buckets = [...counts].map((own, i) => {
    count += own;
    return {
      metricName: `${name}_bucket`,
      labels: { ...labels, le: DURATION_BOUNDS_S[i] ?? '+Inf' },
      value: count,
    };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sumS },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
