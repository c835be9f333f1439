/** The value in the middle; of an even number of values the mean of the two. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('There is no median of no values.');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How far the values lie apart, as a part of their median. */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  return middle === 0 ? 0 : (Math.max(...values) - Math.min(...values)) / middle;
}

/** The value that `part` of all values do not exceed. */
export function percentile(values: readonly number[], part: number): number {
  if (values.length === 0) throw new Error('There is no percentile of no values.');
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)]!;
}

/** Medians of the ratios of the repetitions: what was measured one after the other is compared with each other. */
export function medianRatio(values: readonly number[], bases: readonly number[]): number {
  return median(values.map((value, i) => value / bases[i]!));
}

/** The same for differences. */
export function medianDifference(values: readonly number[], bases: readonly number[]): number {
  return median(values.map((value, i) => value - bases[i]!));
}
