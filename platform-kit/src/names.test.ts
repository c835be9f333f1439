import { expect, test } from 'vitest';
import { AliasName, NAME_MAX_LENGTH, RESERVED_NAMES, assertName, hostLabel, nameProblem } from './names.ts';

test.each(['a', 'hello', 'my-function', 'a1-b2', 'x'.repeat(NAME_MAX_LENGTH)])('%s is a name', (name) => {
  expect(nameProblem(name)).toBeUndefined();
});

test.each([
  ['', /empty/],
  ['x'.repeat(31), /at most 30 characters, this one has 31/],
  ['Hello', /lower-case/],
  ['a_b', /lower-case/],
  ['a.b', /lower-case/],
  ['ä', /lower-case/],
  ['1a', /starts with a letter/],
  ['-a', /starts with a letter/],
  ['a-', /end with a dash/],
  ['a--b', /two dashes/],
  ['api', /reserved/],
  ['a\n', /lower-case/],
])('%j is no name, and the broken rule is named', (name, rule) => {
  expect(nameProblem(name)).toMatch(rule);
});

test('two of the longest names make one DNS label', () => {
  const longest = 'x'.repeat(NAME_MAX_LENGTH);
  expect(hostLabel(longest, longest).length).toBeLessThanOrEqual(63);
});

test('every reserved word would be a name otherwise', () => {
  for (const word of RESERVED_NAMES) expect(nameProblem(word)).toMatch(/reserved/);
});

test('assertName() says which field is wrong and what was received', () => {
  expect(() => assertName('project', 'Bad')).toThrow(/^project: .*\(received "Bad"\)\.$/);
  expect(() => assertName('project', 'good')).not.toThrow();
});

test('an alias may be a reserved word but has the shape of a name', () => {
  expect(AliasName.safeParse('api').success).toBe(true);
  for (const bad of ['', 'A', 'a--b', 'a-', '1a', 'x'.repeat(31)])
    expect(AliasName.safeParse(bad).success).toBe(false);
});
