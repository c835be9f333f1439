import { expect, test } from 'vitest';
import { ADDED, LARGEST } from './metric-columns.ts';
import { rollUpExecutions, type RollUp } from './roll-up.ts';
import { sampleExecution } from './sample-records.ts';

const COLUMNS: readonly string[] = [...ADDED, ...LARGEST];
const value = ({ values }: RollUp, column: string) => values[COLUMNS.indexOf(column)];

test('rollUpExecutions() adds up the calls of each step, and the steps of a minute and of an hour', () => {
  const call = (startedAt: string, memoryBytes: number, version: number | null = 1) =>
    sampleExecution({ startedAt, memoryBytes, version, durationMs: 5 });
  const rows = rollUpExecutions([
    call('2026-01-01T00:00:01.000Z', 10),
    call('2026-01-01T00:00:21.000Z', 30),
    call('2026-01-01T00:00:02.000Z', 20),
    call('2026-01-01T00:01:00.000Z', 5),
    call('2026-01-01T00:01:00.000Z', 7, null),
  ]);
  const of = (row: RollUp) => [new Date(row.at).toISOString().slice(14, 19), row.version, value(row, 'calls'), value(row, 'memory_bytes')]; // prettier-ignore
  const steps = (resolutionS: number) => rows.filter((row) => row.resolutionS === resolutionS).map(of);
  expect(steps(10)).toEqual([
    ['00:00', 1, 2, 20],
    ['00:20', 1, 1, 30],
    ['01:00', 1, 1, 5],
    ['01:00', 0, 1, 7],
  ]);
  expect(steps(60)).toEqual([
    ['00:00', 1, 3, 30],
    ['01:00', 1, 1, 5],
    ['01:00', 0, 1, 7],
  ]);
  expect(steps(3600)).toEqual([
    ['00:00', 1, 4, 30],
    ['00:00', 0, 1, 7],
  ]);
  const hour = rows.find((row) => row.resolutionS === 3600)!;
  expect(value(hour, 'duration_ms')).toBe(20);
});
