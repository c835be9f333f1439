import type { MetricPoint } from '@plat/platform-kit/metrics.ts';
import type { ChartUnit } from './chart-units.ts';

/** One line or one colour of the bars; null where nothing is known. `colour` is a name in the palette's `chart`. */
export type ChartSeries = { label: string; colour: ChartColour; values: readonly (number | null)[] };
export type ChartColour =
  'answered' | 'function' | 'timeout' | 'platform' | 'client' | 'first' | 'second' | 'third';

export type ChartData = {
  kind: 'bars' | 'lines';
  times: readonly number[];
  stepMs: number;
  unit: ChartUnit;
  series: readonly ChartSeries[];
}; // prettier-ignore

export const colourOf = (colour: ChartColour) => `var(--mui-palette-chart-${colour})`;

/** Calls by who failed, in the words of lists of calls. Kinds of failure that did not happen are left out. */
export function callSeries(points: readonly MetricPoint[]): ChartSeries[] {
  const failures = (
    [
      ['Function', 'function'],
      ['Timeout', 'timeout'],
      ['Platform', 'platform'],
      ['Caller', 'client'],
    ] as const
  ).map(([label, kind]) => ({ label, colour: kind, values: points.map(({ errors }) => errors[kind]) }));
  const answered = points.map(
    ({ calls, errors }) => calls - errors.function - errors.timeout - errors.platform - errors.client,
  );
  return [
    { label: 'Answered', colour: 'answered', values: answered },
    ...failures.filter(({ values }) => values.some((count) => count > 0)),
  ];
}

/** How long the functions' own part of the calls took. */
export function durationSeries(points: readonly MetricPoint[]): ChartSeries[] {
  return [
    { label: 'p50', colour: 'second', values: points.map(({ p50Ms }) => p50Ms) },
    { label: 'p95', colour: 'first', values: points.map(({ p95Ms }) => p95Ms) },
    { label: 'p99', colour: 'third', values: points.map(({ p99Ms }) => p99Ms) },
  ];
}

export const timesOf = (points: readonly MetricPoint[]) => points.map(({ at }) => Date.parse(at));

/** The largest value, or the highest of what stands on top of each other. */
export function mostOf({ kind, series, times }: Pick<ChartData, 'kind' | 'series' | 'times'>): number {
  return times.reduce((most, _, i) => {
    const values = series.map(({ values: of }) => of[i] ?? 0);
    return Math.max(most, kind === 'bars' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values));
  }, 0);
} // prettier-ignore
