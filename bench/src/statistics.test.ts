import { expect, test } from 'vitest';
import { median, medianDifference, medianRatio, percentile, spread } from './statistics.ts';

test('median(), spread() and percentile() say where values lie', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(spread([8, 10, 12])).toBe(0.4);
  expect(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.95)).toBe(10);
  expect(percentile([1, 2, 3, 4], 0.5)).toBe(2);
  expect(() => median([])).toThrow();
});

test('medianRatio() and medianDifference() compare what was measured in the same repetition', () => {
  // The machine was half as fast the second time: the ratio is the same.
  expect(medianRatio([50, 25, 50], [100, 50, 100])).toBe(0.5);
  expect(medianDifference([12, 22, 12], [10, 20, 10])).toBe(2);
});
