import { describe, expect, test } from 'vitest';
import { StartBackoff } from './start-backoff.ts';

describe('StartBackoff', () => {
  test('waits longer after each failure, at most a minute, and not at all after a success', () => {
    const backoff = new StartBackoff();
    expect(backoff.waitMs('k', 0)).toBe(0);
    let before = 0;
    for (let i = 0; i < 12; i++) {
      backoff.failed('k', 0, { reason: `r${i}` });
      const wait = backoff.waitMs('k', 0);
      expect(wait).toBeLessThanOrEqual(60_000);
      if (i < 5) expect(wait).toBeGreaterThanOrEqual(before);
      before = 500 * 2 ** i;
    }
    expect(backoff.lastReason('k')).toBe('r11');
    expect(backoff.waitMs('k', 60_001)).toBe(0);
    backoff.succeeded('k');
    expect(backoff.waitMs('k', 0)).toBe(0);
    expect(backoff.lastReason('k')).toBeUndefined();
  });

  test('counts an instance once however often and in whatever order it is seen', () => {
    const backoff = new StartBackoff();
    backoff.failed('k', 0, { instanceId: 'a', reason: 'x' });
    backoff.failed('k', 0, { instanceId: 'b', reason: 'x' });
    const wait = backoff.waitMs('k', 0);
    for (let i = 0; i < 10; i++)
      for (const instanceId of ['a', 'b']) backoff.failed('k', 50_000, { instanceId, reason: 'x' });
    expect(backoff.waitMs('k', 0)).toBe(wait);
  });

  test('forgets by function', () => {
    const backoff = new StartBackoff();
    for (const key of ['f1/1', 'f1/2', 'f10/1']) backoff.failed(key, 0, { reason: 'x' });
    backoff.forget('f1/');
    expect(['f1/1', 'f1/2', 'f10/1'].map((key) => backoff.waitMs(key, 0) > 0)).toEqual([false, false, true]);
  });
});
