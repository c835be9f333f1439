import { BarChart } from '@mui/x-charts/BarChart';
import { LineChart, lineClasses } from '@mui/x-charts/LineChart';
import { colourOf, mostOf, type ChartData } from './chart-data.ts';
import { axisLines } from './chart-units.ts';
import { timeOfPoint, timeTick, timeTicks } from './time-ticks.ts';

const LABELS = 8;
/** Lines fall off where nothing is known, so what stands alone needs a mark. */
const isAlone = (values: readonly (number | null)[], index: number) =>
  (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null;

/** Draws values over time. It is a picture alone: who shows it has the same values as a table too. */
export function TimeChart({ data, height }: { data: ChartData; height: number }) {
  const { kind, times, stepMs, unit, series } = data;
  const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const lines = axisLines(mostOf(data), unit);
  const labelled = timeTicks(times, LABELS);
  const x = {
    data: [...times],
    valueFormatter: (time: number, { location }: { location: string }) =>
      location === 'tick' ? timeTick(time, spanMs) : timeOfPoint(time, { spanMs, stepMs }),
    height: 24,
    disableTicks: true,
    tickLabelStyle: { fontSize: 11.5, fill: 'var(--mui-palette-text-secondary)' },
  };
  const shared = {
    height,
    // Half of the last label stands out.
    margin: { top: 8, right: 20, bottom: 0, left: 0 },
    grid: { horizontal: true },
    hideLegend: true,
    skipAnimation: true,
    disableKeyboardNavigation: true,
    yAxis: [
      {
        min: 0,
        max: lines.at(-1)!,
        tickInterval: lines,
        valueFormatter: unit.tick,
        width: 'auto' as const,
        disableLine: true,
        disableTicks: true,
        tickLabelStyle: { fontSize: 11.5, fill: 'var(--mui-palette-text-secondary)' },
      },
    ],
    slotProps: { tooltip: { trigger: 'axis' as const } },
    sx: LOOK,
  };
  const value = (one: number | null) => (one === null ? '–' : unit.value(one));
  if (kind === 'bars')
    return (
      <BarChart
        {...shared}
        xAxis={[{ ...x, scaleType: 'band', categoryGapRatio: 0.22, tickInterval: (time: number) => labelled.has(time) }]}
        series={series.map(({ label, colour, values }) => ({
          label,
          color: colourOf(colour),
          data: [...values],
          stack: 'all',
          valueFormatter: value,
        }))}
      />
    );
  return (
    <LineChart
      {...shared}
      xAxis={[{ ...x, scaleType: 'point', tickInterval: (time: number) => labelled.has(time) }]}
      series={series.map(({ label, colour, values }) => ({
        label,
        color: colourOf(colour),
        data: [...values],
        curve: 'linear',
        shape: 'circle',
        showMark: ({ index }) => isAlone(values, index),
        valueFormatter: value,
      }))}
    />
  );
} // prettier-ignore

const LOOK = {
  '& .MuiChartsGrid-line': { stroke: 'var(--mui-palette-divider)', strokeWidth: 1 },
  '& .MuiChartsAxis-line': { stroke: 'var(--mui-palette-divider)' },
  [`& .${lineClasses.line}`]: { strokeWidth: 1.75 },
  [`& .${lineClasses.mark}`]: { r: '1.5px', strokeWidth: '2px' },
} as const;
