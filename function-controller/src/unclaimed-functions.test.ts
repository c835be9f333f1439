import { expect, test } from 'vitest';
import { findUnclaimed } from './unclaimed-functions.ts';

const named = (id: string, name = id) => ({ id, project: 'shop', name });
const record = (seq: number, ...ids: string[]) => ({ seq, functions: new Map(ids.map((id) => [id, true])) });
const ids = (...args: Parameters<typeof findUnclaimed>) => [...findUnclaimed(...args).keys()];

test('findUnclaimed() names what a record that went back does not know, but for drafts', () => {
  const before = { seq: 9, functions: [named('a'), named('b'), named('c', 'plat-draft-x')], unclaimed: [] };
  expect(ids(before, record(2))).toEqual(['a', 'b']);
  expect(ids(before, record(8, 'a'))).toEqual(['b']);
});

test('findUnclaimed() leaves what was deleted to be removed while the record goes on', () => {
  const before = { seq: 9, functions: [named('a'), named('b')], unclaimed: [] };
  expect(ids(before, record(9, 'a'))).toEqual([]);
  expect(ids(before, record(12, 'a'))).toEqual([]);
});

test('findUnclaimed() keeps what it named until a record knows it, whatever the numbers', () => {
  const before = { seq: 3, functions: [], unclaimed: [named('a'), named('b')] };
  expect(ids(before, record(50))).toEqual(['a', 'b']);
  expect(ids(before, record(50, 'b'))).toEqual(['a']);
});
