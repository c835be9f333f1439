import type { By } from '@plat/platform-kit/clients/metadata-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import type { RolloutPlan, RolloutRecord } from '@plat/platform-kit/rollout.ts';
import { functionObject, touchFunction } from './functions.ts';
import { beginRollout } from './rollout-moves.ts';
import { findActiveRollout, moveRollout, requireRollout } from './rollout-rows.ts';
import type { FunctionKey } from './store.ts';
import { getVersion } from './versions.ts';
import type { Write } from './write.ts';

/** Past rollouts of a function that are kept. */
const KEPT = 20;

/** Makes a rollout to a version; it begins at once when the version is ready, else as soon as it is. */
export async function createRollout(
  write: Write,
  key: FunctionKey,
  { version, plan, actor }: { version: number; plan: RolloutPlan } & By,
): Promise<RolloutRecord> {
  const { trx, at } = write;
  const functionId = await touchFunction(write, key);
  const { state } = await getVersion(trx, key, version);
  if (state === 'failed' || state === 'cancelled') {
    throw new PlatformError('conflict', `Version ${version} is ${state}; only a ready one can become live.`, {
      details: { state },
    });
  }
  const active = await findActiveRollout(trx, functionId);
  if (active) {
    throw new PlatformError(
      'conflict',
      `A rollout of "${functionObject(key)}" to version ${active.version} is ${active.state}. Promote or abort it first.`,
      { details: { version: active.version, state: active.state } },
    );
  }
  await forgetOld(write, functionId);
  const { id } = await trx
    .insertInto('rollouts')
    .values({
      id: newId(Date.parse(at)),
      function_id: functionId,
      state: 'pending',
      version,
      baseline: null,
      plan: JSON.stringify(plan),
      step: 0,
      before: '[]',
      reason: null,
      events: '[]',
      created_by: actor,
      created_at: at,
      started_at: null,
      step_started_at: null,
      finished_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const created = await moveRollout(write, await requireRollout(trx, id), {
    to: 'pending',
    kind: 'created',
    actor,
    message: `${actor} asked for version ${version} in steps of ${plan.steps.join(', ')} %.`,
  });
  return state === 'ready' ? beginRollout(write, created) : created;
}

async function forgetOld({ trx }: Write, functionId: string): Promise<void> {
  const old = await trx
    .selectFrom('rollouts')
    .select('id')
    .where('function_id', '=', functionId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .offset(KEPT - 1)
    .limit(100)
    .execute();
  if (old.length === 0) return;
  await trx
    .deleteFrom('rollouts')
    .where(
      'id',
      'in',
      old.map(({ id }) => id),
    )
    .execute();
}
