import { describe, expect, test } from 'vitest';
import { Activity } from './activity.ts';

describe('Activity', () => {
  const load = (over: object) => ({ functionId: 'f1', version: 1, inFlight: 0, waiting: 0, lastRequestAt: null, ...over }); // prettier-ignore

  test('takes the latest of touches and reports', () => {
    const activity = new Activity();
    activity.touch('f1', 1, 5000);
    activity.report([load({ lastRequestAt: new Date(4000).toISOString() })], 9000);
    expect(activity.of('f1', 1)).toEqual({ lastUsedAtMs: 5000, busy: false });
    activity.report([load({ lastRequestAt: new Date(8000).toISOString() })], 9000);
    expect(activity.of('f1', 1)!.lastUsedAtMs).toBe(8000);
  });

  test('is busy while calls run or wait, and no longer when the report does not name it', () => {
    const activity = new Activity();
    activity.report([load({ waiting: 1 })], 1000);
    expect(activity.of('f1', 1)).toEqual({ lastUsedAtMs: 1000, busy: true });
    activity.report([], 2000);
    expect(activity.of('f1', 1)).toEqual({ lastUsedAtMs: 1000, busy: false });
  });

  test('forgets one function and not its namesakes', () => {
    const activity = new Activity();
    activity.touch('f1', 1, 1);
    activity.touch('f10', 1, 1);
    activity.forget('f1');
    expect(activity.of('f1', 1)).toBeUndefined();
    expect(activity.of('f10', 1)).toBeDefined();
  });
});
