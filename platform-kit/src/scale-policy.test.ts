import { expect, test } from 'vitest';
import type { PlatformError } from './errors.ts';
import { SCALE_DEFAULTS, ScaleInput, ScalePolicy, describeRest, resolveScale } from './scale-policy.ts';

const resolve = (input: object) => resolveScale(ScaleInput.parse(input));

test('resolveScale() fills what is left out', () => {
  expect(resolveScale()).toEqual(SCALE_DEFAULTS);
  expect(resolve({ min: 20 })).toMatchObject({ min: 20, max: 20 });
  expect(resolve({ min: 2, max: 2, target: 0.5, pauseAfter: '5s', stopAfter: 60, idle: '1h' })).toEqual({
    min: 2,
    max: 2,
    target: 0.5,
    pauseAfterMs: 5000,
    stopAfterMs: 60_000,
    idleMs: 3_600_000,
  });
});

test('resolveScale() keeps the rungs in their order when only one of them is given', () => {
  expect(resolve({ pauseAfter: '20m' })).toMatchObject({ pauseAfterMs: 1_200_000, stopAfterMs: 1_200_000 });
  expect(resolve({ stopAfter: '5s' })).toMatchObject({ pauseAfterMs: 5000, stopAfterMs: 5000 });
});

test.each([
  [{ min: 3, max: 2 }, 'scale.max: expected scale.min (3) or more (received 2).', 'scale.max'],
  [{ pauseAfter: '1m', stopAfter: '5s' }, 'scale.stopAfter: expected scale.pauseAfter', 'scale.stopAfter'],
])('%j is refused as a contradiction', (input, message, field) => {
  expect(() => resolve(input)).toThrow(message);
  try {
    resolve(input);
  } catch (error) {
    expect((error as PlatformError).details).toMatchObject({ field });
  }
});

test('a version from before there were rungs is read with their defaults', () => {
  expect(ScalePolicy.parse({ min: 1, idleMs: 5000 })).toEqual({ ...SCALE_DEFAULTS, min: 1, idleMs: 5000 });
});

test('describeRest() names the rungs that are reached', () => {
  expect(describeRest(SCALE_DEFAULTS)).toBe('paused after 1m, stopped after 10m, removed after 15m');
  expect(describeRest({ ...SCALE_DEFAULTS, stopAfterMs: 5000, pauseAfterMs: 5000 })).toBe(
    'stopped after 5s, removed after 15m',
  );
  expect(describeRest({ ...SCALE_DEFAULTS, idleMs: 2000 })).toBe('removed after 2s');
});
