import { expect, test } from 'vitest';
import { formatMs, formatShare } from './numbers.ts';
import { formatAgo } from './time.ts';

test('formatAgo() says how long ago something was', () => {
  const now = Date.parse('2026-01-02T00:00:00Z');
  expect(formatAgo('2026-01-01T23:59:30Z', now)).toBe('just now');
  expect(formatAgo('2026-01-01T23:57:00Z', now)).toBe('3 min ago');
  expect(formatAgo('2026-01-01T00:00:00Z', now)).toBe('yesterday');
});

test('formatMs() keeps about three figures', () => {
  expect([0.4213, 4.21, 421.3, 4213, 42_130, 125_000].map(formatMs)).toEqual(['0.42 ms', '4.2 ms', '421 ms', '4.21 s', '42.1 s', '2 m 5 s']); // prettier-ignore
});

test('formatShare() shows small shares, and no false precision', () => {
  expect([0, 0.004, 0.12, 1].map(formatShare)).toEqual(['0 %', '0.4 %', '12 %', '100 %']);
});
