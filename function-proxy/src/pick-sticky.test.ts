import { describe, expect, it } from 'vitest';
import { pickSticky } from './pick-sticky.ts';

const KEYS = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);
const weights = (shares: Record<number, number>) =>
  Object.entries(shares).map(([version, weight]) => ({ version: Number(version), weight }));
const pick = (shares: Record<number, number>, salt = 'f1') => {
  const split = weights(shares);
  return KEYS.map((key) => pickSticky(split, salt, key));
};

describe('pickSticky()', () => {
  it.each<Record<number, number>>([
    { 12: 90, 13: 10 },
    { 1: 50, 2: 50 },
    { 1: 1, 2: 99 },
    { 1: 20, 2: 30, 3: 50, 4: 0 },
  ])('gives each version its share of the keys: %j', (shares) => {
    const picked = pick(shares);
    for (const { version, weight } of weights(shares)) {
      const share = picked.filter((number) => number === version).length / KEYS.length;
      expect(Math.abs(share - weight / 100)).toBeLessThan(0.01);
    }
  });

  it('gives a key the same version again, in whatever order the versions stand', () => {
    expect(pick({ 1: 70, 2: 30 })).toEqual(pick({ 2: 30, 1: 70 }));
    const split = weights({ 1: 70, 2: 30 });
    expect(KEYS.map((key) => pickSticky(split.toReversed(), 'f1', key))).toEqual(pick({ 1: 70, 2: 30 }));
  });

  it('moves keys only to the version that grows, and no more than it takes', () => {
    for (const [before, after, grown] of [
      [{ 12: 90, 13: 10 }, { 12: 50, 13: 50 }, 13],
      [{ 12: 50, 13: 50 }, { 12: 0, 13: 100 }, 13],
      [{ 1: 40, 2: 40, 3: 20 }, { 1: 30, 2: 30, 3: 40 }, 3],
    ] as const) {
      const was = pick(before);
      const is = pick(after);
      const moved = KEYS.flatMap((_, i) => (was[i] === is[i] ? [] : [is[i]]));
      expect(new Set(moved)).toEqual(new Set([grown]));
      const share = (of: Record<number, number>) => of[grown]! / 100;
      expect(Math.abs(moved.length / KEYS.length - (share(after) - share(before)))).toBeLessThan(0.015);
    }
  });

  it('picks other callers first for another function', () => {
    const [one, other] = [pick({ 1: 90, 2: 10 }, 'f1'), pick({ 1: 90, 2: 10 }, 'f2')];
    const both = KEYS.filter((_, i) => one[i] === 2 && other[i] === 2).length / KEYS.length;
    expect(both).toBeLessThan(0.02);
  });

  it('names nothing when no version has weight', () => {
    expect(pickSticky([], 'f1', 'a')).toBeUndefined();
    expect(pickSticky([{ version: 1, weight: 0 }], 'f1', 'a')).toBeUndefined();
  });
});
