import { expect, test } from 'vitest';
import { addVersion, removeVersion, setWeight } from './split-weights.ts';

const sum = (weights: { weight: number }[]) => weights.reduce((all, { weight }) => all + weight, 0);

test('setWeight() lets the others give in proportion, and the whole stays 100', () => {
  const weights = [{ version: 1, weight: 60 }, { version: 2, weight: 30 }, { version: 3, weight: 10 }]; // prettier-ignore
  expect(setWeight(weights, 1, 20).map(({ weight }) => weight)).toEqual([20, 60, 20]);
  for (let share = 0; share <= 100; share++) expect(sum(setWeight(weights, 2, share))).toBe(100);
});

test('setWeight() gives others that have nothing equal shares', () => {
  const weights = addVersion([{ version: 1, weight: 100 }], 2);
  expect(setWeight(weights, 1, 75)).toEqual([{ version: 1, weight: 75 }, { version: 2, weight: 25 }]); // prettier-ignore
  expect(setWeight([{ version: 1, weight: 100 }], 1, 30)).toEqual([{ version: 1, weight: 100 }]);
});

test('removeVersion() hands its share to those that stay', () => {
  expect(removeVersion([{ version: 1, weight: 40 }, { version: 2, weight: 60 }], 2)).toEqual([{ version: 1, weight: 100 }]); // prettier-ignore
});
