import type { RolloutPlan, VersionFigures } from '@plat/platform-kit/rollout.ts';
import { expect, test } from 'vitest';
import { judgeStep } from './judge-step.ts';

const PLAN: RolloutPlan = {
  steps: [10, 100],
  stepMs: 60_000,
  minCalls: 20,
  maxErrorIncrease: 0.01,
  maxP95Ratio: 1.5,
  patienceMs: 600_000,
};

/** `<calls> calls, <errors> failed, p95 <ms>`. */
function figures([calls, errors, p95Ms]: readonly [number, number, number | null]): VersionFigures {
  return { calls, errors, p95Ms };
}

test.each([
  ['the step is not over', 30_000, [900, 0, 40], [100, 0, 40], 'wait time'],
  ['the step is over and both are alike', 60_000, [900, 0, 40], [100, 0, 40], 'advance'],
  ['nobody called, and the step is not over', 59_999, [0, 0, null], [0, 0, null], 'wait time'],
  ['nobody called', 60_000, [0, 0, null], [0, 0, null], 'wait calls'],
  ['too few called, all of whom failed', 60_000, [900, 0, 40], [19, 19, 40], 'wait calls'],
  ['too few called for too long', 600_000, [900, 0, 40], [19, 0, 40], 'give_up'],
  ['the clock went back', -5000, [900, 0, 40], [100, 0, 40], 'wait time'],
  ['every call fails, before the step is over', 1000, [900, 0, 40], [20, 20, 1], 'roll_back errors'],
  ['one of 20 failed, which may be chance', 60_000, [900, 9, 40], [20, 1, 40], 'advance'],
  ['two of 20 failed, and none of the old', 1000, [100, 0, 40], [20, 2, 40], 'roll_back errors'],
  ['3 % of many failed, and 1 % of the old', 1000, [9000, 90, 40], [1000, 30, 40], 'roll_back errors'],
  ['1.5 % of many failed, which the margin allows', 60_000, [9000, 90, 40], [9000, 135, 40], 'advance'],
  ['both fail alike', 60_000, [900, 450, 40], [100, 50, 40], 'advance'],
  ['the new one fails less', 60_000, [900, 450, 40], [100, 1, 40], 'advance'],
  ['there is no old one to compare with, and one failed', 60_000, [0, 0, null], [50, 1, 40], 'advance'],
  [
    'there is no old one to compare with, and two failed',
    60_000,
    [0, 0, null],
    [50, 2, 40],
    'roll_back errors',
  ],
  [
    'it is slower than allowed, at the end of the step',
    60_000,
    [900, 0, 40],
    [100, 0, 71],
    'roll_back latency',
  ],
  ['it is slower than allowed, but the step goes on', 59_000, [900, 0, 40], [100, 0, 71], 'wait time'],
  ['it is as slow as allowed', 60_000, [900, 0, 40], [100, 0, 70], 'advance'],
  ['calls of a millisecond differ by some', 60_000, [900, 0, 1], [100, 0, 11], 'advance'],
  ['the old one had too few calls for a p95', 60_000, [19, 0, 1], [100, 0, 900], 'advance'],
] as const)('judgeStep(): %s', (_what, elapsedMs, baseline, candidate, expected) => {
  const verdict = judgeStep({
    plan: PLAN,
    elapsedMs,
    baseline: figures(baseline),
    candidate: figures(candidate),
  });
  const more = verdict.kind === 'wait' ? verdict.for : verdict.kind === 'roll_back' ? verdict.cause : '';
  expect(`${verdict.kind} ${more}`.trim()).toBe(expected);
});

test('judgeStep() says what it concludes from', () => {
  const worse = judgeStep({ plan: PLAN, elapsedMs: 0, baseline: figures([200, 1, 4]), candidate: figures([40, 10, 4]) });
  expect(worse).toMatchObject({
    message: "25 % (10 of 40) of the new version's calls failed, 0.5 % (1 of 200) of the old one's.",
  });
  const slow = judgeStep({ plan: PLAN, elapsedMs: 60_000, baseline: figures([200, 0, 40]), candidate: figures([40, 0, 90]) });
  expect(slow).toMatchObject({ message: "The new version's p95 is 90 ms, the old one's 40 ms." });
}); // prettier-ignore
