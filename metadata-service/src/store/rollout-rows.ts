import type { Page } from '@plat/platform-kit/clients/metadata-client.ts';
import type { AliasWeight } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import {
  ROLLOUT_STATES,
  advanceRollout,
  isRolloutOver,
  rolloutPercent,
  type RolloutEvent,
  type RolloutPlan,
  type RolloutRecord,
  type RolloutState,
  type StepFigures,
} from '@plat/platform-kit/rollout.ts';
import type { Selectable, Updateable } from 'kysely';
import { functionId, functionObject } from './functions.ts';
import type { Database } from './schema.ts';
import type { FunctionKey, PageQuery } from './store.ts';
import type { Db, Write } from './write.ts';

const ACTIVE = ROLLOUT_STATES.filter((state) => !isRolloutOver(state));
/** The beginning of a rollout's events goes when there are more. */
const EVENTS_LIMIT = 200;

function joined(trx: Db) {
  return trx
    .selectFrom('rollouts')
    .innerJoin('functions', 'functions.id', 'rollouts.function_id')
    .selectAll('rollouts')
    .select(['functions.project', 'functions.name as function']);
}

/** The one that is under way; there is at most one a function. */
export async function findActiveRollout(trx: Db, functionId: string): Promise<RolloutRecord | undefined> {
  const row = await joined(trx)
    .where('rollouts.function_id', '=', functionId)
    .where('rollouts.state', 'in', ACTIVE)
    .executeTakeFirst();
  return row && toRollout(row);
}

/** The one under way, or the last. */
export async function getRollout(trx: Db, key: FunctionKey): Promise<RolloutRecord> {
  const id = await functionId(trx, key);
  const row = await joined(trx)
    .where('rollouts.function_id', '=', id)
    .orderBy('rollouts.created_at', 'desc')
    .orderBy('rollouts.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row) return toRollout(row);
  throw new PlatformError('not_found', `Function "${functionObject(key)}" has had no rollout.`, {
    details: { ...key },
  });
}

/** Newest first: ids begin with the time. */
export async function listRollouts(trx: Db, key: FunctionKey, page: PageQuery): Promise<Page<RolloutRecord>> {
  const id = await functionId(trx, key);
  const rows = await joined(trx)
    .where('rollouts.function_id', '=', id)
    .$if(page.before !== undefined, (query) => query.where('rollouts.id', '<', page.before!))
    .orderBy('rollouts.id', 'desc')
    .limit(page.limit + 1)
    .execute();
  const items = rows.slice(0, page.limit).map(toRollout);
  return { items, next: rows.length > page.limit ? items.at(-1)!.id : null };
}

export async function runningRollouts(trx: Db): Promise<RolloutRecord[]> {
  const rows = await joined(trx).where('rollouts.state', '=', 'running').execute();
  return rows.map(toRollout);
}

export async function requireRollout(trx: Db, id: string): Promise<RolloutRecord> {
  return toRollout(await joined(trx).where('rollouts.id', '=', id).executeTakeFirstOrThrow());
}

export type RolloutMove = {
  to: RolloutState;
  kind: RolloutEvent['kind'];
  actor: string;
  message: string;
  figures?: StepFigures | undefined;
  /** Columns that change besides the state. */
  set?: Updateable<Database['rollouts']>;
};

/**
 * Moves a rollout along its state machine (or only notes an event, when it stays in its state), and tells the change
 * feed and the audit log.
 *
 * INVARIANTS: a rollout moves only `WHERE state = from AND step = the step that was looked at`; changes stand in one
 * line (`Transactions.change`), so whoever decided on what is no longer so gets `conflict` and nothing has happened.
 */
export async function moveRollout(
  { trx, at, record }: Write,
  rollout: RolloutRecord,
  move: RolloutMove,
): Promise<RolloutRecord> {
  const state = move.to === rollout.state ? move.to : advanceRollout(rollout.state, move.to);
  const event: RolloutEvent = {
    at,
    kind: move.kind,
    message: move.message,
    percent: rolloutPercent({ ...rollout, state, step: move.set?.step ?? rollout.step }),
    actor: move.actor,
    ...(move.figures ? { figures: move.figures } : {}),
  };
  const moved = await trx
    .updateTable('rollouts')
    .set({
      state,
      events: JSON.stringify([...rollout.events, event].slice(-EVENTS_LIMIT)),
      ...(isRolloutOver(state) ? { finished_at: at } : {}),
      ...move.set,
    })
    .where('id', '=', rollout.id)
    .where('state', '=', rollout.state)
    .where('step', '=', rollout.step)
    .returning('id')
    .executeTakeFirst();
  if (!moved) throw new PlatformError('conflict', 'The rollout has moved on meanwhile. Look at it again.');
  await record({
    kind: 'function',
    key: rollout.functionId,
    actor: move.actor,
    action: `rollout.${move.kind === 'ended' ? state : move.kind}`,
    object: functionObject({ project: rollout.project, name: rollout.function }),
    detail: { version: rollout.version, percent: event.percent, message: move.message },
  });
  return requireRollout(trx, rollout.id);
}

type RolloutRow = Selectable<Database['rollouts']> & { project: string; function: string };

function toRollout(row: RolloutRow): RolloutRecord {
  return {
    id: row.id,
    functionId: row.function_id,
    project: row.project,
    function: row.function,
    state: row.state,
    version: row.version,
    baseline: row.baseline,
    plan: JSON.parse(row.plan) as RolloutPlan,
    step: row.step,
    before: JSON.parse(row.before) as AliasWeight[],
    reason: row.reason,
    events: JSON.parse(row.events) as RolloutEvent[],
    createdBy: row.created_by,
    createdAt: row.created_at,
    startedAt: row.started_at,
    stepStartedAt: row.step_started_at,
    finishedAt: row.finished_at,
  };
}
