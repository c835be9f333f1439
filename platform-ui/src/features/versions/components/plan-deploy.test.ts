import { expect, test } from 'vitest';
import { versionRecord } from '../../../testing/version.ts';
import { planDeploy } from './plan-deploy.ts';
import { rolloutView } from '../../../testing/rollout.ts';
import { stepMarks } from './rollout-words.ts';

const spans = (change: Parameters<typeof versionRecord>[0]) =>
  planDeploy(versionRecord(change)).map(({ key, fromMs, toMs }) => [key, fromMs, toMs]);

test('planDeploy() has the parts of a deploy that are over, and ends where it failed', () => {
  expect(spans({})).toEqual([
    ['waited', 0, 1000],
    ['built', 1000, 3500],
    ['started', 3500, 4000],
  ]);
  expect(spans({ state: 'failed', builtAt: null })).toEqual([
    ['waited', 0, 1000],
    ['built', 1000, 4000],
  ]);
  expect(spans({ state: 'building', builtAt: null, finishedAt: null })).toEqual([['waited', 0, 1000]]);
});

test('stepMarks() has no step under way before a rollout began and after it is over', () => {
  expect(stepMarks(rolloutView())).toEqual(['done', 'current', 'ahead']);
  expect(stepMarks(rolloutView({ state: 'pending', step: 0 }))).toEqual(['ahead', 'ahead', 'ahead']);
  expect(stepMarks(rolloutView({ state: 'rolled_back' }))).toEqual(['done', 'failed', 'ahead']);
  expect(stepMarks(rolloutView({ state: 'completed', step: 2 }))).toEqual(['done', 'done', 'done']);
});
