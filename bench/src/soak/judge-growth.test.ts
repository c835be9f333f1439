import { expect, test } from 'vitest';
import { judgeGrowth } from './judge-growth.ts';

const looksOf = (measure: string, values: readonly number[]) =>
  values.map((value, i) => ({ atMinutes: i, measures: { [measure]: value }, kinds: {} }));
const verdictOf = (measure: string, values: readonly number[]) => judgeGrowth(looksOf(measure, values))[0];

test('judgeGrowth() leaves out the time in which a platform settles', () => {
  expect(verdictOf('containers', [0, 1, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6])).toEqual({
    measure: 'containers',
    began: 6,
    ended: 6,
    verdict: 'held',
  });
});

test('judgeGrowth() takes what comes and goes for no growth, and what stays for growth', () => {
  expect(verdictOf('containers', [3, 3, 3, 3, 9, 3, 3, 9, 9, 9, 3, 9])).toMatchObject({ verdict: 'held' });
  expect(verdictOf('containers', [3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4])).toMatchObject({ verdict: 'grew' });
});

test('judgeGrowth() allows memory a part of what it was, and shows what is kept for longer', () => {
  const rising = (step: number) => Array.from({ length: 12 }, (_, i) => 100 + i * step);
  expect(verdictOf('heap MiB', rising(0.5))).toMatchObject({ verdict: 'held' });
  expect(verdictOf('heap MiB', rising(1))).toMatchObject({ verdict: 'grew' });
  expect(verdictOf('rows of audit', rising(50))).toMatchObject({ verdict: 'kept' });
});
