const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 5, 10, 30, 60].map((days) => days * DAY_MS),
];

/** Which of these moments have a label on a time axis, at most `most` of them: round times in the viewer's zone. */
export function timeTicks(times: readonly number[], most: number): ReadonlySet<number> {
  const [first, last] = [times[0], times.at(-1)];
  const ticks = new Set<number>();
  if (first === undefined || last === undefined) return ticks;
  const step = STEPS_MS.find((size) => (last - first) / size <= most) ?? STEPS_MS.at(-1)!;
  let before: number | undefined;
  for (const time of times) {
    const local = time - new Date(time).getTimezoneOffset() * MINUTE_MS;
    const at = Math.floor(local / step);
    // The first moment may lie in the middle of a step.
    if (before === undefined ? local % step === 0 : at !== before) ticks.add(time);
    before = at;
  }
  return ticks;
}

/** `14:05` within two days, else `21 Nov`; with both where a person asks about one moment. */
export function timeTick(time: number, spanMs: number): string {
  return spanMs <= 2 * DAY_MS ? clock(time) : day(time);
}

export function timeOfPoint(time: number, { spanMs, stepMs }: { spanMs: number; stepMs: number }): string {
  if (stepMs >= DAY_MS) return day(time);
  const seconds = stepMs < MINUTE_MS;
  return spanMs <= DAY_MS ? clock(time, seconds) : `${day(time)}, ${clock(time, seconds)}`;
}

function clock(time: number, seconds = false): string {
  return new Date(time).toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds && { second: '2-digit' }),
  });
}

function day(time: number): string {
  return new Date(time).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}
