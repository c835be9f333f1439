import { expect, test } from 'vitest';
import { EmptyFunctions } from './empty-functions.ts';

const NOTHING = new Set<string>();

function following(): EmptyFunctions {
  const empty = new EmptyFunctions();
  empty.followed();
  return empty;
}

test('a function is empty once a list shows nothing of it, until something happens to it', () => {
  const empty = following();
  empty.listed(empty.look(), ['a', 'b'], new Set(['b']));
  expect([empty.has('a'), empty.has('b')]).toEqual([true, false]);
  empty.changed('a');
  expect(empty.has('a')).toBe(false);
});

test('a list that was begun before something happened says nothing', () => {
  const empty = following();
  const look = empty.look();
  empty.changed('a');
  empty.listed(look, ['a', 'b'], NOTHING);
  expect([empty.has('a'), empty.has('b')]).toEqual([false, true]);
  empty.listed(empty.look(), ['a'], NOTHING);
  expect(empty.has('a')).toBe(true);
});

test('what a list shows is not empty, whatever was thought of it', () => {
  const empty = following();
  empty.listed(empty.look(), ['a'], NOTHING);
  empty.listed(empty.look(), ['a'], new Set(['a']));
  expect(empty.has('a')).toBe(false);
});

test('nothing is empty while events are not followed, nor by a list that was begun before they were', () => {
  const empty = new EmptyFunctions();
  const early = empty.look();
  empty.listed(early, ['a'], NOTHING);
  expect(empty.has('a')).toBe(false);
  empty.followed();
  empty.listed(early, ['a'], NOTHING);
  expect(empty.has('a')).toBe(false);
  empty.listed(empty.look(), ['a'], NOTHING);
  expect(empty.has('a')).toBe(true);
  empty.lost();
  expect(empty.has('a')).toBe(false);
  empty.listed(empty.look(), ['a'], NOTHING);
  expect(empty.has('a')).toBe(false);
});
