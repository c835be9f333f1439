import type { FunctionMetrics, MetricPoint } from '@plat/platform-kit/metrics.ts';
import { formatBytes } from '@plat/platform-kit/quantities.ts';
import {
  callSeries,
  durationSeries,
  timesOf,
  type ChartData,
  type ChartSeries,
} from '../../../components/charts/chart-data.ts';
import { UNITS } from '../../../components/charts/chart-units.ts';
import { formatCompact, formatMs, formatShare } from '../../../format/numbers.ts';

export type PlannedChart = {
  title: string;
  /** What all of the range comes to. */
  figure: string;
  data: ChartData;
  nothing: string | undefined;
};

const NO_CALL = 'No call in this time';
const NOT_SEEN = 'Not measured in this time';

/** What is drawn of a function's figures. */
export function planCharts({ points, totals, stepMs }: Pick<FunctionMetrics, 'points' | 'totals' | 'stepMs'>): PlannedChart[] {
  const times = timesOf(points);
  const chart = (title: string, figure: string, data: Omit<ChartData, 'times' | 'stepMs'>, nothing = NO_CALL): PlannedChart => ({
    title,
    figure,
    data: { ...data, times, stepMs },
    nothing: isEmpty(data.series) ? nothing : undefined,
  });
  const { errors, calls } = totals;
  const failed = errors.function + errors.timeout + errors.platform;
  return [
    chart('Calls', calls === 0 ? '' : `${count(calls, 'call')}, ${formatShare(failed / calls)} failed`, {
      kind: 'bars',
      unit: UNITS.count,
      series: callSeries(points),
    }),
    chart('Duration', totals.p95Ms === null ? '' : `p95 ${formatMs(totals.p95Ms)}`, {
      kind: 'lines',
      unit: UNITS.ms,
      series: durationSeries(points),
    }),
    chart('Cold starts', totals.meanWakeMs === null ? '' : `${formatMs(totals.meanWakeMs)} to wake`, {
      kind: 'bars',
      unit: UNITS.count,
      series: [line('Cold starts', 'second', points, ({ coldStarts }) => coldStarts)],
    }),
    cpuChart(points, totals, chart),
    chart('Memory', totals.instanceMemoryBytes === null ? '' : `at most ${formatBytes(totals.instanceMemoryBytes)}`, {
      kind: 'lines',
      unit: UNITS.bytes,
      series: [
        line('Largest instance', 'first', points, ({ instanceMemoryBytes }) => instanceMemoryBytes),
        line('Most in a call', 'second', points, ({ memoryBytes }) => memoryBytes),
      ],
    }, NOT_SEEN),
    chart('Instances at once', totals.instances === null ? '' : `at most ${formatCompact(totals.instances)}`, {
      kind: 'bars',
      unit: UNITS.count,
      series: [line('Most at once', 'answered', points, ({ instances }) => instances)],
    }, 'None ran in this time'),
  ];
} // prettier-ignore

type Chart = (
  title: string,
  figure: string,
  data: Omit<ChartData, 'times' | 'stepMs'>,
  nothing?: string,
) => PlannedChart;

/** What the engine counted for the instances, or else what the runtime counted in the calls. */
function cpuChart(points: readonly MetricPoint[], totals: FunctionMetrics['totals'], chart: Chart): PlannedChart {
  const figure = totals.cpuMs === null ? '' : `${formatMs(totals.cpuMs)} a call`;
  const seen = line('All instances, of one core', 'first', points, ({ instanceCpuPercent }) => instanceCpuPercent);
  if (!isEmpty([seen])) return chart('CPU', figure, { kind: 'lines', unit: UNITS.percent, series: [seen] });
  const inCalls = line('A call', 'first', points, ({ cpuMs }) => cpuMs);
  return chart('CPU', figure, { kind: 'lines', unit: UNITS.ms, series: [inCalls] }, NOT_SEEN);
} // prettier-ignore

function line(
  label: string,
  colour: ChartSeries['colour'],
  points: readonly MetricPoint[],
  valueOf: (point: MetricPoint) => number | null,
): ChartSeries {
  return { label, colour, values: points.map(valueOf) };
}

const isEmpty = (series: readonly ChartSeries[]) =>
  series.every(({ values }) => values.every((value) => value === null || value === 0));

const count = (many: number, word: string) => `${formatCompact(many)} ${word}${many === 1 ? '' : 's'}`;
