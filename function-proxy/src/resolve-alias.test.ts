import { describe, expect, it } from 'vitest';
import { resolveAlias } from './resolve-alias.ts';

describe('resolveAlias()', () => {
  const split = [
    { version: 1, weight: 90 },
    { version: 2, weight: 0 },
    { version: 3, weight: 10 },
  ];

  it('takes a version as often as its weight says', () => {
    const counts = new Map<number | undefined, number>();
    for (let i = 0; i < 1000; i++) {
      const version = resolveAlias(split, i / 1000);
      counts.set(version, (counts.get(version) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual({ 1: 900, 3: 100 });
  });

  it('names nothing when no version has weight', () => {
    expect(resolveAlias([], 0.5)).toBeUndefined();
    expect(resolveAlias([{ version: 1, weight: 0 }], 0)).toBeUndefined();
  });
});
