import { PlatformError } from '@plat/platform-kit/errors.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import type { RolloutRecord, StepFigures } from '@plat/platform-kit/rollout.ts';
import { expect, test } from 'vitest';
import type { Verdict } from './judge-step.ts';
import { RolloutClock } from './rollout-clock.ts';

const START = Date.parse('2026-01-01T00:00:00.000Z');
const GOOD = { calls: 100, errors: 0, p95Ms: 5 };

function rollout(id: string): RolloutRecord {
  return {
    id,
    functionId: id,
    project: 'default',
    function: 'hello',
    state: 'running',
    version: 2,
    baseline: 1,
    plan: {
      steps: [10, 100],
      stepMs: 60_000,
      minCalls: 20,
      maxErrorIncrease: 0.01,
      maxP95Ratio: 1.5,
      patienceMs: 600_000,
    },
    step: 0,
    before: [],
    reason: null,
    events: [],
    createdBy: 'tester',
    createdAt: new Date(START).toISOString(),
    startedAt: new Date(START).toISOString(),
    stepStartedAt: new Date(START).toISOString(),
    finishedAt: null,
  };
}

test('a look judges each rollout by its own figures, and one that fails does not hold up the others', async () => {
  const applied: [string, Verdict][] = [];
  const figures: Record<string, StepFigures> = {
    good: { baseline: GOOD, candidate: GOOD },
    bad: { baseline: GOOD, candidate: { ...GOOD, errors: 50 } },
  };
  const clock = new RolloutClock({
    logger: silentLogger(),
    now: () => START + 60_000,
    store: {
      runningRollouts: async () => ['lost', 'good', 'bad'].map(rollout),
      stepFigures: async ({ id }) => {
        if (id === 'lost') throw new PlatformError('unavailable', 'The database is away.');
        return figures[id]!;
      },
      applyVerdict: async (record, { verdict }) => {
        applied.push([record.id, verdict]);
        if (record.id === 'good') throw new PlatformError('conflict', 'It was paused meanwhile.');
        return record;
      },
    },
  });
  await clock.tick();
  expect(applied).toMatchObject([
    ['good', { kind: 'advance' }],
    ['bad', { kind: 'roll_back', cause: 'errors' }],
  ]);
});

test('nothing is written while a step only takes its time', async () => {
  const clock = new RolloutClock({
    logger: silentLogger(),
    now: () => START + 1000,
    store: {
      runningRollouts: async () => [rollout('young')],
      stepFigures: async () => ({ baseline: GOOD, candidate: GOOD }),
      applyVerdict: async () => {
        throw new Error('should not have been called');
      },
    },
  });
  await clock.tick();
});
