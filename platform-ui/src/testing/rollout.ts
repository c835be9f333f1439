import type { RolloutView } from '@plat/platform-kit/rollout.ts';

const AT = '2026-01-02T03:04:05.000Z';

/** A rollout of version 2 at the second of three steps. */
export function rolloutView(change: Partial<RolloutView> = {}): RolloutView {
  return {
    id: 'r1',
    functionId: 'id-hello',
    project: 'default',
    function: 'hello',
    state: 'running',
    version: 2,
    baseline: 1,
    plan: { steps: [10, 50, 100], stepMs: 60_000, minCalls: 20, maxErrorIncrease: 0.01, maxP95Ratio: 1.5, patienceMs: 600_000 },
    step: 1,
    before: [{ version: 1, weight: 100 }],
    reason: null,
    events: [{ at: AT, kind: 'step', message: 'Version 2 gets 50 % of the calls.', percent: 50, actor: 'platform' }],
    createdBy: 'Ada',
    createdAt: AT,
    startedAt: AT,
    stepStartedAt: AT,
    finishedAt: null,
    figures: { candidate: { calls: 40, errors: 1, p95Ms: 12 }, baseline: { calls: 200, errors: 0, p95Ms: 9 } },
    ...change,
  };
} // prettier-ignore
