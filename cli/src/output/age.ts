const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** How long ago `time` (ISO 8601) was, in its largest unit: `3d`, `5m`; `-` for null. */
export function age(time: string | null, now: number): string {
  if (time === null) return '-';
  const ms = Math.max(0, now - Date.parse(time));
  for (const [unit, size] of UNITS) if (ms >= size) return `${Math.floor(ms / size)}${unit}`;
  return '0s';
}
