import { describe, expect, it } from 'vitest';
import { WindowCounter } from './window-counter.ts';

describe('WindowCounter', () => {
  it('counts up to the limit within a window that begins with the first count', () => {
    let now = 5000;
    const counter = new WindowCounter({ limit: 2, windowMs: 1000, now: () => now });
    expect([counter.take('a'), counter.take('a'), counter.take('a')]).toEqual([true, true, false]);
    expect(counter.take('b')).toBe(true);
    now += 400;
    expect(counter.waitMs('a')).toBe(600);
    expect(counter.waitMs('b')).toBe(0);
    now += 600;
    expect(counter.waitMs('a')).toBe(0);
    expect(counter.take('a')).toBe(true);
  });

  it('allows nothing when the limit is 0, and keeps nothing then', () => {
    const counter = new WindowCounter({ limit: 0, windowMs: 1000 });
    expect(counter.take('a')).toBe(false);
    expect(counter.size).toBe(0);
  });

  it('forgets windows that are over, and never keeps more keys than it may', () => {
    let now = 0;
    const counter = new WindowCounter({ limit: 1, windowMs: 1000, keysLimit: 100, now: () => now });
    for (let i = 0; i < 110; i++) counter.take(String(i));
    expect(counter.size).toBe(100);
    now = 2000;
    for (let i = 0; i < 60; i++) counter.take(`later ${i}`);
    expect(counter.size).toBe(60);
  });
});
