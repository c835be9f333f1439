import { expect, test } from 'vitest';
import { acceptRequestId, newId } from './ids.ts';

test('newId() sorts by time', () => {
  const times = [0, 1, 31, 32, 1_700_000_000_000, 1_700_000_000_001, 4_000_000_000_000];
  const ids = times.map((ms) => newId(ms));
  expect([...ids].sort()).toEqual(ids);
});

test('newId() gives 20 characters that fit names of files, hosts and labels, and none twice', () => {
  const ids = Array.from({ length: 5000 }, () => newId(0));
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-z]{20}$/);
});

test('acceptRequestId() keeps a harmless id and replaces every other', () => {
  expect(acceptRequestId('abc-1.2_3')).toBe('abc-1.2_3');
  for (const bad of [undefined, '', 'a b', 'a\n', 'x'.repeat(65), ['a', 'b'], '"'])
    expect(acceptRequestId(bad)).toMatch(/^[0-9a-z]{20}$/);
});
