import { expect, test } from 'vitest';
import { metricPoint } from '../../testing/metric-point.ts';
import { callSeries, mostOf } from './chart-data.ts';
import { UNITS, axisLines } from './chart-units.ts';
import { timeTicks } from './time-ticks.ts';

const lines = (most: number, unit: keyof typeof UNITS) => axisLines(most, UNITS[unit]).map(UNITS[unit].tick);

test('the lines of an axis are at round values of its unit, and reach over the highest value', () => {
  expect(lines(0, 'count')).toEqual(['0', '1']);
  expect(lines(7, 'count')).toEqual(['0', '2', '4', '6', '8']);
  expect(lines(410, 'ms')).toEqual(['0', '200 ms', '400 ms', '600 ms']);
  expect(lines(4200, 'ms')).toEqual(['0', '2 s', '4 s', '6 s']);
  expect(lines(0.3, 'ms')).toEqual(['0', '0.1 ms', '0.2 ms', '0.3 ms']);
  expect(lines(90 * 2 ** 20, 'bytes')).toEqual(['0 B', '32 MiB', '64 MiB', '96 MiB']);
  expect(lines(3 * 2 ** 30, 'bytes')).toEqual(['0 B', '1 GiB', '2 GiB', '3 GiB']);
});

test('a time axis has a few labels at round times', () => {
  const from = new Date(2026, 0, 2, 3, 4).getTime();
  const times = Array.from({ length: 120 }, (_, i) => from + i * 30_000);
  const minutes = [...timeTicks(times, 8)].map((time) => new Date(time).getMinutes());
  expect(minutes).toEqual([10, 20, 30, 40, 50, 0]);
  const days = Array.from({ length: 60 }, (_, i) => from + i * 12 * 3_600_000);
  expect(timeTicks(days, 8).size).toBeLessThanOrEqual(8);
  expect(timeTicks([], 8).size).toBe(0);
});

test('calls are told apart by who failed, and what stands on top of each other is as high as all calls', () => {
  const points = [
    metricPoint({ calls: 10, errors: { function: 2, timeout: 0, platform: 1, client: 0 } }),
    metricPoint({ calls: 4 }),
  ];
  const series = callSeries(points);
  expect(series.map(({ label, values }) => [label, ...values])).toEqual([
    ['Answered', 7, 4],
    ['Function', 2, 0],
    ['Platform', 1, 0],
  ]);
  expect(mostOf({ kind: 'bars', series, times: [0, 1] })).toBe(10);
  expect(mostOf({ kind: 'lines', series, times: [0, 1] })).toBe(7);
});
