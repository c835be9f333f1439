import type { AliasWeight } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { RolloutAction, RolloutRecord, StepFigures } from '@plat/platform-kit/rollout.ts';
import type { Verdict } from '../rollouts/judge-step.ts';
import { LIVE, findAlias, requireReady, sameWeights, writeAlias } from './alias-rows.ts';
import { touchFunction } from './functions.ts';
import { findActiveRollout, getRollout, moveRollout } from './rollout-rows.ts';
import type { FunctionKey } from './store.ts';
import type { Write } from './write.ts';

/** Whom the audit log names for what a rollout does by itself. */
export const ROLLOUT_ACTOR = 'rollout';

/** Its version is ready: the first step begins. Throws `conflict` when it cannot. */
export async function beginRollout(write: Write, rollout: RolloutRecord): Promise<RolloutRecord> {
  const { functionId, version, plan } = rollout;
  await requireReady(write.trx, {
    functionId,
    key: { project: rollout.project, name: rollout.function },
    alias: LIVE,
    weights: [{ version, weight: 100 }],
  });
  const live = await findAlias(write.trx, functionId, LIVE);
  const present = (live?.weights ?? []).filter(({ weight }) => weight > 0);
  if (present.length > 1) {
    throw new PlatformError(
      'conflict',
      `Alias "${LIVE}" names ${present.length} versions. Let it name one, then start the rollout.`,
    );
  }
  const baseline = present[0]?.version;
  if (baseline === version) throw new PlatformError('conflict', `Version ${version} is live already.`);
  await write.trx
    .updateTable('functions')
    .set({ promoted_number: version })
    .where('id', '=', functionId)
    .where('promoted_number', '<', version)
    .execute();
  const start = { started_at: write.at, step_started_at: write.at, before: JSON.stringify(present) };
  if (baseline === undefined) {
    await writeAlias(write, {
      functionId,
      alias: LIVE,
      weights: [{ version, weight: 100 }],
      history: 'push',
    });
    return moveRollout(write, rollout, {
      to: 'completed',
      kind: 'ended',
      actor: ROLLOUT_ACTOR,
      message: `Nothing was live before, so version ${version} is.`,
      set: start,
    });
  }
  await writeAlias(write, {
    functionId,
    alias: LIVE,
    weights: split(baseline, version, plan.steps[0]!),
    history: 'push',
  });
  return moveRollout(write, rollout, {
    to: 'running',
    kind: 'step',
    actor: ROLLOUT_ACTOR,
    message: `Version ${version} gets ${plan.steps[0]} % of the calls, version ${baseline} the rest.`,
    set: { ...start, baseline },
  });
}

/** What became of the version that a rollout waits for. */
export async function noteVersionEnd(
  write: Write,
  functionId: string,
  number: number,
  state: 'ready' | 'failed' | 'cancelled',
): Promise<void> {
  const rollout = await findActiveRollout(write.trx, functionId);
  if (rollout?.version !== number || rollout.state !== 'pending') return;
  const fail = async (reason: string) =>
    void (await moveRollout(write, rollout, {
      to: 'failed',
      kind: 'ended',
      actor: ROLLOUT_ACTOR,
      message: reason,
      set: { reason },
    }));
  if (state !== 'ready') return fail(`Version ${number} is ${state}.`);
  try {
    await beginRollout(write, rollout);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    await fail(error.message);
  }
}

/**
 * Something else is about to set alias `live`: when that moves it the rollout is over, and its version may have arrived
 * by that.
 */
export async function endRollout(
  write: Write,
  functionId: string,
  by: { actor: string; weights: readonly AliasWeight[] },
): Promise<void> {
  const rollout = await findActiveRollout(write.trx, functionId);
  if (!rollout || rollout.state === 'pending') return;
  const live = await findAlias(write.trx, functionId, LIVE);
  if (live && sameWeights(live.weights, by.weights)) return;
  const { version } = rollout;
  const hasArrived = sameWeights(by.weights, [{ version, weight: 100 }]);
  const reason = hasArrived
    ? `${by.actor} made version ${version} live.`
    : `${by.actor} moved alias "${LIVE}" meanwhile.`;
  await moveRollout(write, rollout, {
    to: hasArrived ? 'completed' : 'superseded',
    kind: 'ended',
    actor: by.actor,
    message: reason,
    set: { reason },
  });
}

/** Carries out what was concluded of the step that `rollout` was in; `conflict` when it is no longer in it. */
export async function applyVerdict(
  write: Write,
  rollout: RolloutRecord,
  { verdict, figures }: { verdict: Verdict; figures: StepFigures },
): Promise<RolloutRecord> {
  const by = { actor: ROLLOUT_ACTOR, figures };
  const { functionId, version, plan, step } = rollout;
  const point = (weights: AliasWeight[]) =>
    writeAlias(write, { functionId, alias: LIVE, weights, history: 'keep' });
  switch (verdict.kind) {
    case 'wait':
      if (verdict.for === 'time' || rollout.events.at(-1)?.kind === 'waiting') return rollout;
      return moveRollout(write, rollout, {
        to: 'running',
        kind: 'waiting',
        message: verdict.message,
        ...by,
      });
    case 'advance': {
      const next = plan.steps[step + 1];
      await point(next === undefined ? [{ version, weight: 100 }] : split(rollout.baseline!, version, next));
      return next === undefined
        ? moveRollout(write, rollout, { to: 'completed', kind: 'ended', message: `Version ${version} is live.`, ...by })
        : moveRollout(write, rollout, {
            to: 'running',
            kind: 'step',
            message: `Version ${version} gets ${next} % of the calls.`,
            set: { step: step + 1, step_started_at: write.at },
            ...by,
          }); // prettier-ignore
    }
    case 'roll_back':
      await point(rollout.before);
      return moveRollout(write, rollout, {
        to: 'rolled_back',
        kind: 'ended',
        message: verdict.message,
        set: { reason: verdict.message },
        ...by,
      });
    case 'give_up':
      return moveRollout(write, rollout, {
        to: 'paused',
        kind: 'paused',
        message: verdict.message,
        set: { reason: verdict.message },
        ...by,
      });
  }
}

export async function steerRollout(
  write: Write,
  key: FunctionKey,
  { action, actor }: { action: RolloutAction; actor: string },
): Promise<RolloutRecord> {
  const functionId = await touchFunction(write, key);
  const rollout = await getRollout(write.trx, key);
  const { version, plan, step } = rollout;
  const point = (weights: AliasWeight[]) =>
    writeAlias(write, { functionId, alias: LIVE, weights, history: 'keep' });
  const move = (parts: Pick<Parameters<typeof moveRollout>[2], 'to' | 'kind' | 'message' | 'set'>) =>
    moveRollout(write, rollout, { actor, ...parts });
  switch (action) {
    case 'pause': {
      const message = `${actor} paused it at ${plan.steps[step]} %.`;
      return move({ to: stateAfter(rollout, 'paused'), kind: 'paused', message, set: { reason: message } });
    }
    case 'resume':
      return move({
        to: stateAfter(rollout, 'running'),
        kind: 'resumed',
        message: `${actor} resumed it at ${plan.steps[step]} %.`,
        set: { reason: null, step_started_at: write.at },
      });
    case 'promote': {
      const message = `${actor} made version ${version} live.`;
      const moved = await move({
        to: stateAfter(rollout, 'completed'),
        kind: 'ended',
        message,
        set: { reason: message },
      });
      await point([{ version, weight: 100 }]);
      return moved;
    }
    case 'abort': {
      const message = `${actor} aborted it.`;
      const moved = await move({ to: 'aborted', kind: 'ended', message, set: { reason: message } });
      if (rollout.state !== 'pending') await point(rollout.before);
      return moved;
    }
  }
}

/** A person's `to`, or why not; a rollout whose version is not ready yet can only be aborted. */
function stateAfter<S extends RolloutRecord['state']>(rollout: RolloutRecord, to: S): S {
  if (rollout.state === 'pending') {
    throw new PlatformError('conflict', `Version ${rollout.version} is not ready yet; the rollout has not begun.`);
  } // prettier-ignore
  if (rollout.state === to) throw new PlatformError('conflict', `The rollout is ${to} already.`);
  return to;
}

/** At 100 % the old version is still named, so that it keeps its image until the rollout is over. */
function split(baseline: number, version: number, percent: number): AliasWeight[] {
  return [
    { version: baseline, weight: 100 - percent },
    { version, weight: percent },
  ];
}
