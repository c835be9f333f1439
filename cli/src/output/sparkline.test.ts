import { expect, test } from 'vitest';
import { sparkline } from './sparkline.ts';

test('sparkline() puts the highest value at the top, nothing at the bottom, and leaves the unknown blank', () => {
  expect(sparkline([0, 4, 8, null, 2])).toBe('▁▅█ ▃');
  expect(sparkline([0, 0])).toBe('▁▁');
  expect(sparkline([])).toBe('');
});

test('sparkline() of many values is no wider than asked, and shows peaks', () => {
  const values = Array.from({ length: 100 }, (_, i) => (i === 55 ? 9 : 0));
  expect(sparkline(values, 10)).toBe('▁▁▁▁▁█▁▁▁▁');
});
