const BARS = '▁▂▃▄▅▆▇█';

/** Values as a line of bars, the highest one full; steps of which nothing is known are blank. At most `width` of them: neighbours share a bar, the greater one counts. */
export function sparkline(values: readonly (number | null)[], width = 60): string {
  const per = Math.max(1, Math.ceil(values.length / width));
  const grouped: (number | null)[] = [];
  for (let from = 0; from < values.length; from += per) {
    const known = values.slice(from, from + per).filter((value) => value !== null);
    grouped.push(known.length === 0 ? null : Math.max(...known));
  }
  const highest = Math.max(0, ...grouped.map((value) => value ?? 0));
  const bar = (value: number) =>
    BARS[highest === 0 ? 0 : Math.min(BARS.length - 1, Math.floor((value / highest) * BARS.length))]!;
  return grouped.map((value) => (value === null ? ' ' : bar(value))).join('');
}
