import type { By, Transition } from '@plat/platform-kit/clients/metadata-client.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { advance, isTerminal } from '@plat/platform-kit/version-states.ts';
import type { Updateable } from 'kysely';
import { LIVE, writeAlias } from './alias-rows.ts';
import { functionObject } from './functions.ts';
import type { Database, IsoTime } from './schema.ts';
import { endRollout, noteVersionEnd } from './rollout-moves.ts';
import { findVersion } from './versions.ts';
import type { Write } from './write.ts';

type Target = { functionId: string; number: number; transition: Transition & By };

/**
 * INVARIANTS: a version moves only `WHERE state = from`, so of two that move it at once one gets `conflict`; alias `live`
 * moves by itself only to numbers above all it moved to by itself before, in the transaction that made the version ready.
 */
export async function transitionVersion(write: Write, target: Target): Promise<VersionRecord> {
  const { trx, at, record } = write;
  const { functionId, number, transition } = target;
  const state = advance(transition.from, transition.to);
  const touched = await trx
    .updateTable('functions')
    .set({ updated_at: at })
    .where('id', '=', functionId)
    .returning(['project', 'name'])
    .executeTakeFirst();
  const moved =
    touched &&
    (await trx
      .updateTable('versions')
      .set({ state, ...effects(transition, at) })
      .where('function_id', '=', functionId)
      .where('number', '=', number)
      .where('state', '=', transition.from)
      .returning('promote')
      .executeTakeFirst());
  if (!touched || !moved) throw await refusal(write, target);

  const promoted =
    state === 'ready' &&
    moved.promote === 1 &&
    (await promote(write, { functionId, number, actor: transition.actor }));
  if (state === 'ready' || state === 'failed' || state === 'cancelled')
    await noteVersionEnd(write, functionId, number, state);
  await record({
    kind: 'function',
    key: functionId,
    actor: transition.actor,
    action: `version.${state}`,
    object: functionObject(touched),
    detail: {
      version: number,
      from: transition.from,
      ...(state === 'ready' ? { promoted } : {}),
      ...(transition.error ? { code: transition.error.code, phase: transition.error.phase } : {}),
    },
  });
  return (await findVersion(trx, functionId, number))!;
}

/** The columns that a move sets besides the state. */
function effects(
  { to, imageId, imageReused, imageRef, error }: Transition,
  at: IsoTime,
): Updateable<Database['versions']> {
  if (to === 'pending') return { build_started_at: null };
  if (to === 'building') return { build_started_at: at };
  if (to === 'starting')
    return {
      built_at: at,
      image_id: imageId ?? null,
      image_reused: imageReused ? 1 : 0,
      image_ref: imageRef ?? null,
    };
  if (!isTerminal(to)) return {};
  return { finished_at: at, error: error ? JSON.stringify(error) : null };
}

async function promote(
  write: Write,
  { functionId, number, actor }: { functionId: string; number: number; actor: string },
): Promise<boolean> {
  const first = await write.trx
    .updateTable('functions')
    .set({ promoted_number: number })
    .where('id', '=', functionId)
    .where('promoted_number', '<', number)
    .returning('id')
    .executeTakeFirst();
  if (!first) return false;
  const weights = [{ version: number, weight: 100 }];
  await endRollout(write, functionId, { actor, weights });
  await writeAlias(write, { functionId, alias: LIVE, weights, history: 'push' });
  return true;
}

async function refusal({ trx }: Write, { functionId, number, transition }: Target): Promise<PlatformError> {
  const present = await findVersion(trx, functionId, number);
  if (!present) {
    return new PlatformError(
      'not_found',
      `There is no version ${number} of function ${functionId}; the function may have been deleted meanwhile.`,
      { details: { functionId, version: number } },
    );
  }
  return new PlatformError(
    'conflict',
    `Version ${number} of "${present.project}/${present.function}" is ${present.state}, not ${transition.from}; ` +
      `it cannot become ${transition.to}.`,
    { details: { state: present.state, from: transition.from, to: transition.to } },
  );
}
