import type { LiveChange, LiveMove, LivePreview } from '@plat/platform-kit/clients/metadata-client.ts';
import type { AliasWeight } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import {
  LIVE,
  findAlias,
  requireReady,
  sameWeights,
  writeAlias,
  type AliasWrite,
  type StoredAlias,
} from './alias-rows.ts';
import { aliasOf } from './aliases.ts';
import { functionId, functionObject, touchFunction } from './functions.ts';
import { requireMatch } from './require-match.ts';
import { endRollout } from './rollout-moves.ts';
import type { FunctionKey } from './store.ts';
import type { Db, Write } from './write.ts';

const whole = (version: number): AliasWeight[] => [{ version, weight: 100 }];

/** Moves `live` to a version; without one to the newest that is ready. */
export async function promote(write: Write, key: FunctionKey, change: LiveChange): Promise<LiveMove> {
  return moveLive(write, key, change, {
    action: 'alias.promote',
    choose: async (functionId) => {
      const version = change.version ?? (await newestReady(write.trx, functionId));
      if (version === undefined) {
        throw new PlatformError('conflict', `Function "${key.name}" has no version that is ready.`);
      }
      return { weights: whole(version), history: 'push' };
    },
  });
}

/**
 * Moves `live` to a version, or back to what it named before that still can run. What is rolled back from is forgotten:
 * the next rollback goes further back.
 */
export async function rollback(write: Write, key: FunctionKey, change: LiveChange): Promise<LiveMove> {
  return moveLive(write, key, change, {
    action: 'alias.rollback',
    choose: (functionId, live) =>
      chooseRollback(write.trx, { key, functionId, live, version: change.version }),
  });
}

/** What {@link rollback} would do now; throws what it would. */
export async function previewRollback(trx: Db, key: FunctionKey, version?: number): Promise<LivePreview> {
  const id = await functionId(trx, key);
  const live = await findAlias(trx, id, LIVE);
  const { weights } = await chooseRollback(trx, { key, functionId: id, live, version });
  await requireMove(trx, { functionId: id, key, live, weights });
  return { ...describeMove(live?.weights ?? [], weights), weights };
}

type Place = { key: FunctionKey; functionId: string; live: StoredAlias | undefined };

async function chooseRollback(
  trx: Db,
  { key, functionId, live, version }: Place & { version: number | undefined },
): Promise<Choice> {
  if (!live)
    throw new PlatformError('conflict', `Function "${key.name}" has no live version to roll back from.`);
  if (version === undefined) return previous(trx, functionId, live);
  const weights = whole(version);
  const at = live.history.findLastIndex((entry) => sameWeights(entry, weights));
  return { weights, history: at < 0 ? 'keep' : live.history.slice(0, at) };
}

/** Throws unless `live` can name these versions, and does not yet. */
async function requireMove(trx: Db, move: Place & { weights: AliasWeight[] }): Promise<void> {
  const { live, weights } = move;
  await requireReady(trx, { ...move, alias: LIVE });
  if (live && sameWeights(live.weights, weights))
    throw new PlatformError('conflict', `Version ${heaviest(weights)} is live already.`);
}

type Choice = Pick<AliasWrite, 'weights' | 'history'>;

async function moveLive(
  write: Write,
  key: FunctionKey,
  change: LiveChange,
  how: { action: string; choose: (functionId: string, live: StoredAlias | undefined) => Promise<Choice> },
): Promise<LiveMove> {
  await requireMatch(write, key, change.ifMatch, aliasOf(LIVE));
  const functionId = await touchFunction(write, key);
  const live = await findAlias(write.trx, functionId, LIVE);
  const choice = await how.choose(functionId, live);
  const { weights } = choice;
  await requireMove(write.trx, { functionId, key, live, weights });
  await endRollout(write, functionId, { actor: change.actor, weights });
  await writeAlias(write, { functionId, alias: LIVE, ...choice });
  const move = describeMove(live?.weights ?? [], weights);
  await write.record({
    kind: 'function',
    key: functionId,
    actor: change.actor,
    action: how.action,
    object: functionObject(key),
    detail: { alias: LIVE, weights, ...move },
  });
  return move;
}

/** Before the history has anything: the ready version with the greatest number below the one that is live. */
async function previous(trx: Db, functionId: string, live: StoredAlias): Promise<Choice> {
  const usable = new Set(await readyNumbers(trx, functionId));
  for (let i = live.history.length - 1; i >= 0; i--) {
    const weights = live.history[i]!.filter(({ weight }) => weight > 0);
    if (sameWeights(weights, live.weights)) continue;
    if (weights.every(({ version }) => usable.has(version)))
      return { weights, history: live.history.slice(0, i) };
  }
  const from = heaviest(live.weights)!;
  const below = [...usable].find((number) => number < from);
  if (below !== undefined) return { weights: whole(below), history: [] };
  throw new PlatformError(
    'conflict',
    `There is no ready version before version ${from} that still has its image, to roll back to.`,
  );
}

async function newestReady(trx: Db, functionId: string): Promise<number | undefined> {
  return (await readyNumbers(trx, functionId, 1))[0];
}

/** Newest first. */
async function readyNumbers(trx: Db, functionId: string, limit = 1000): Promise<number[]> {
  const rows = await trx
    .selectFrom('versions')
    .select('number')
    .where('function_id', '=', functionId)
    .where('state', '=', 'ready')
    .where('image_id', 'is not', null)
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ number }) => number);
}

/** Of equals the newest. */
function heaviest(weights: readonly AliasWeight[]): number | undefined {
  return [...weights].sort((a, b) => b.weight - a.weight || b.version - a.version)[0]?.version;
}

/** Back from 12:90,13:10 to 12 is a move from 13 to 12. */
function describeMove(before: readonly AliasWeight[], after: readonly AliasWeight[]): LiveMove {
  const to = heaviest(after)!;
  const left = before.filter(
    ({ version, weight }) => weight > 0 && !after.some((part) => part.version === version),
  );
  return { from: heaviest(left) ?? heaviest(before) ?? null, to };
}
