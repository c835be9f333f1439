import type { RolloutPlan } from '@plat/platform-kit/rollout.ts';
import { describe, expect, test } from 'vitest';
import type { Verdict } from '../rollouts/judge-step.ts';
import { BY, HELLO, deployReady, makeReady, sampleExecution, sampleVersion } from './sample-records.ts';
import type { Store } from './store.ts';

const PLAN: RolloutPlan = {
  steps: [10, 100],
  stepMs: 60_000,
  minCalls: 20,
  maxErrorIncrease: 0.01,
  maxP95Ratio: 1.5,
  patienceMs: 600_000,
};
const NONE = { calls: 0, errors: 0, p95Ms: null };
const FIGURES = { baseline: NONE, candidate: NONE };

/** Rollouts in steps. */
export function rolloutsContract(store: Store): void {
  const live = async () =>
    (await store.getFunction(HELLO)).aliases
      .find(({ name }) => name === 'live')
      ?.weights.map(({ version, weight }) => `${version}:${weight}`)
      .join(',');
  const begin = async () => {
    await deployReady(store, 1);
    await deployReady(store, 1, { promote: false });
    return store.createRollout(HELLO, { version: 2, plan: PLAN, ...BY });
  };
  const apply = async (verdict: Verdict) => {
    const [rollout] = await store.runningRollouts();
    return store.applyVerdict(rollout!, { verdict, figures: FIGURES });
  };
  const steer = (action: 'pause' | 'resume' | 'promote' | 'abort') =>
    store.steerRollout(HELLO, { action, ...BY });
  const CONFLICT = { code: 'conflict' };

  describe('rollouts', () => {
    test('take the version on step by step until it is live, and a rollback then goes before all of them', async () => {
      expect(await begin()).toMatchObject({ state: 'running', version: 2, baseline: 1, step: 0 });
      expect(await live()).toBe('1:90,2:10');
      expect(await apply({ kind: 'advance' })).toMatchObject({ state: 'running', step: 1 });
      expect(await live()).toBe('1:0,2:100');
      const done = await apply({ kind: 'advance' });
      expect(done).toMatchObject({ state: 'completed', finishedAt: expect.any(String) });
      expect(done.events.map(({ kind, percent }) => `${kind} ${percent}`)).toEqual([
        'created 0',
        'step 10',
        'step 100',
        'ended 100',
      ]);
      expect(await live()).toBe('2:100');
      expect(await store.rollback(HELLO, BY)).toEqual({ from: 2, to: 1 });
    });

    test('that are taken back leave what was live before, and say why', async () => {
      await begin();
      await apply({ kind: 'roll_back', cause: 'errors', message: 'Too many calls failed.' });
      expect(await store.getRollout(HELLO)).toMatchObject({
        state: 'rolled_back',
        reason: 'Too many calls failed.',
      });
      expect(await live()).toBe('1:100');
      expect(await store.runningRollouts()).toEqual([]);
      const { items } = await store.listAudit({ object: 'default/hello' }, { limit: 1 });
      expect(items[0]).toMatchObject({ action: 'rollout.rolled_back', actor: 'rollout' });
    });

    test('that wait for calls say so once a step, and pause when they give up', async () => {
      await begin();
      const wait: Verdict = { kind: 'wait', for: 'calls', message: '3 of 20 calls.' };
      await apply(wait);
      expect((await apply(wait)).events.map(({ kind }) => kind)).toEqual(['created', 'step', 'waiting']);
      expect(await apply({ kind: 'give_up', message: 'No calls.' })).toMatchObject({ state: 'paused' });
      expect(await live()).toBe('1:90,2:10');
      const before = (await store.getRollout(HELLO)).stepStartedAt!;
      expect(await steer('resume')).toMatchObject({ state: 'running', reason: null });
      expect((await store.getRollout(HELLO)).stepStartedAt! >= before).toBe(true);
    });

    test('are paused, resumed, promoted and aborted by hand, each only where that makes sense', async () => {
      await begin();
      await expect(steer('resume')).rejects.toMatchObject(CONFLICT);
      await steer('pause');
      await expect(steer('pause')).rejects.toMatchObject(CONFLICT);
      expect(await steer('promote')).toMatchObject({ state: 'completed' });
      expect(await live()).toBe('2:100');
      await expect(steer('abort')).rejects.toMatchObject(CONFLICT);
      await store.createRollout(HELLO, { version: 1, plan: PLAN, ...BY });
      expect(await live()).toBe('2:90,1:10');
      expect(await steer('abort')).toMatchObject({ state: 'aborted', version: 1 });
      expect(await live()).toBe('2:100');
    });

    test('a verdict on a step that is over changes nothing', async () => {
      await begin();
      const [old] = await store.runningRollouts();
      await apply({ kind: 'advance' });
      await expect(
        store.applyVerdict(old!, { verdict: { kind: 'advance' }, figures: FIGURES }),
      ).rejects.toMatchObject(CONFLICT);
      expect(await live()).toBe('1:0,2:100');
      await steer('pause');
      await expect(
        store.applyVerdict(old!, { verdict: { kind: 'advance' }, figures: FIGURES }),
      ).rejects.toMatchObject(CONFLICT);
    });

    test('there is one at a time, and not to what is live, failed, or missing', async () => {
      await begin();
      const start = (version: number) => store.createRollout(HELLO, { version, plan: PLAN, ...BY });
      await expect(start(2)).rejects.toMatchObject(CONFLICT);
      await steer('abort');
      await expect(start(1)).rejects.toMatchObject({ message: expect.stringMatching(/live already/) });
      await expect(start(9)).rejects.toMatchObject({ code: 'not_found' });
      const { functionId, number } = await store.createVersion(HELLO, sampleVersion());
      await store.transitionVersion(functionId, number, { from: 'pending', to: 'cancelled', ...BY });
      await expect(start(number)).rejects.toMatchObject(CONFLICT);
      expect(await live()).toBe('1:100');
    });

    test('a move of "live" by hand ends them; what sets it as it is does not', async () => {
      await begin();
      const { aliases } = await store.getFunction(HELLO);
      const { weights } = aliases[0]!;
      await store.setAlias(HELLO, 'live', { weights, sticky: { header: 'x-user' } }, BY);
      expect(await store.getRollout(HELLO)).toMatchObject({ state: 'running' });
      expect(await store.rollback(HELLO, BY)).toEqual({ from: 2, to: 1 });
      expect(await store.getRollout(HELLO)).toMatchObject({ state: 'superseded' });
      await store.createRollout(HELLO, { version: 2, plan: PLAN, ...BY });
      await store.promote(HELLO, { ...BY, version: 2 });
      expect(await store.getRollout(HELLO)).toMatchObject({ state: 'completed' });
      await store.createRollout(HELLO, { version: 1, plan: PLAN, ...BY });
      await deployReady(store, 1);
      expect(await store.getRollout(HELLO)).toMatchObject({ state: 'superseded' });
      expect(await live()).toBe('3:100');
    });
  });

  describe('rollouts that come with a deploy', () => {
    const deploy = () => store.createVersion(HELLO, { ...sampleVersion(), rollout: PLAN });

    test('begin when the version is ready; the first version is live at once', async () => {
      const first = await deploy();
      expect(first.promote).toBe(false);
      expect(await store.getRollout(HELLO)).toMatchObject({ state: 'pending' });
      await makeReady(store, first);
      expect(await store.getRollout(HELLO)).toMatchObject({ state: 'completed' });
      expect(await live()).toBe('1:100');
      const second = await deploy();
      await makeReady(store, second);
      expect(await store.getRollout(HELLO)).toMatchObject({ state: 'running', version: 2 });
      expect(await live()).toBe('1:90,2:10');
    });

    test('end with a version that fails, and an abort only keeps the version from going live', async () => {
      await deployReady(store, 1);
      const { functionId, number } = await deploy();
      await expect(steer('promote')).rejects.toMatchObject(CONFLICT);
      await store.transitionVersion(functionId, number, { from: 'pending', to: 'cancelled', ...BY });
      expect(await store.getRollout(HELLO)).toMatchObject({ state: 'failed' });
      const third = await deploy();
      expect(await steer('abort')).toMatchObject({ state: 'aborted' });
      await makeReady(store, third);
      expect(await live()).toBe('1:100');
    });

    test('fail where they cannot begin: the version is ready, and "live" stays', async () => {
      await deployReady(store, 2);
      const weights = [
        { version: 1, weight: 50 },
        { version: 2, weight: 50 },
      ];
      await store.setAlias(HELLO, 'live', { weights }, BY);
      await makeReady(store, await deploy());
      expect(await store.getRollout(HELLO)).toMatchObject({
        state: 'failed',
        reason: expect.stringMatching(/names 2 versions/),
      });
      expect(await live()).toBe('1:50,2:50');
    });

    test('keep an earlier deploy that is slow from going live over them', async () => {
      await deployReady(store, 1);
      const slow = await store.createVersion(HELLO, sampleVersion());
      await makeReady(store, await deploy());
      await makeReady(store, slow);
      expect(await live()).toBe('1:90,3:10');
    });
  });

  test('a step is judged by the calls of both versions by alias "live": those since it began, and those of the old one before', async () => {
    const { functionId, startedAt } = await begin();
    const at = (ms: number) => new Date(Date.parse(startedAt!) + ms).toISOString();
    const call = (id: string, more: object) =>
      sampleExecution({ id, functionId, version: 2, durationMs: 10, startedAt: at(50), ...more });
    await store.recordExecutions([
      call('a', {}),
      call('b', { status: 500 }),
      call('c', { outcome: 'timeout', status: 504, durationMs: 900 }),
      call('d', { outcome: 'client_closed' }),
      call('e', { alias: null }),
      call('f', { startedAt: at(-50) }),
      call('g', { version: 1, startedAt: at(-50), durationMs: 7 }),
      call('h', { version: 1, startedAt: at(-3_600_000) }),
      call('i', { functionId: 'other' }),
    ]);
    expect((await store.getRollout(HELLO)).figures).toEqual({
      baseline: { calls: 1, errors: 0, p95Ms: 7 },
      candidate: { calls: 3, errors: 2, p95Ms: 900 },
    });
  });

  test('no more than twenty past rollouts of a function are kept', async () => {
    await begin();
    for (let i = 0; i < 22; i++) {
      await steer('abort');
      await store.createRollout(HELLO, { version: 2, plan: PLAN, ...BY });
    }
    expect(await store.getRollout(HELLO)).toMatchObject({ state: 'running' });
    const first = await store.listRollouts(HELLO, { limit: 15 });
    const rest = await store.listRollouts(HELLO, { limit: 15, before: first.next! });
    const all = [...first.items, ...rest.items];
    expect(new Set(all.map(({ id }) => id)).size).toBe(20);
    expect(rest.next).toBeNull();
    expect(all.map(({ createdAt }) => createdAt)).toEqual(
      all
        .map(({ createdAt }) => createdAt)
        .toSorted()
        .reverse(),
    );
    expect(all.filter(({ figures }) => figures !== null)).toHaveLength(1);
  });

  test('are listed as none for a function that had none', async () => {
    await deployReady(store, 1);
    expect(await store.listRollouts(HELLO, { limit: 5 })).toEqual({ items: [], next: null });
  });
}
