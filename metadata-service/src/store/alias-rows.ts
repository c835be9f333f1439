import type { AliasWeight } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { imageRemoved } from '@plat/platform-kit/image-removed.ts';
import type { Sticky } from '@plat/platform-kit/sticky.ts';
import { functionObject } from './functions.ts';
import type { FunctionKey } from './store.ts';
import type { Db, Write } from './write.ts';

/** The alias that callers get who name none; it comes to be when the first version is ready. */
export const LIVE = 'live';

/** How far back `rollback` can go. */
const HISTORY_LIMIT = 50;

export type StoredAlias = { weights: AliasWeight[]; history: AliasWeight[][] };

export async function findAlias(
  trx: Db,
  functionId: string,
  alias: string,
): Promise<StoredAlias | undefined> {
  const row = await trx
    .selectFrom('aliases')
    .select('history')
    .where('function_id', '=', functionId)
    .where('name', '=', alias)
    .executeTakeFirst();
  if (!row) return undefined;
  const weights = await trx
    .selectFrom('alias_weights')
    .select(['version', 'weight'])
    .where('function_id', '=', functionId)
    .where('alias', '=', alias)
    .orderBy('position')
    .execute();
  return { weights, history: JSON.parse(row.history) as AliasWeight[][] };
}

export type AliasWrite = {
  functionId: string;
  alias: string;
  weights: AliasWeight[];
  /** Undefined: as it is. */
  sticky?: Sticky | null | undefined;
  /** `push`: what it named until now can be gone back to; `keep`: not; else the history itself. */
  history: 'push' | 'keep' | AliasWeight[][];
};

/** Points the alias at these versions, whatever it named before. */
export async function writeAlias({ trx, at }: Write, change: AliasWrite): Promise<void> {
  const { functionId, alias, weights } = change;
  const present = await findAlias(trx, functionId, alias);
  const history = JSON.stringify(historyAfter(present, change));
  const sticky =
    change.sticky === undefined
      ? {}
      : { sticky: change.sticky === null ? null : JSON.stringify(change.sticky) };
  await trx
    .insertInto('aliases')
    .values({ function_id: functionId, name: alias, updated_at: at, sticky: null, history, ...sticky })
    .onConflict((conflict) =>
      conflict.columns(['function_id', 'name']).doUpdateSet({ updated_at: at, history, ...sticky }),
    )
    .execute();
  await trx
    .deleteFrom('alias_weights')
    .where('function_id', '=', functionId)
    .where('alias', '=', alias)
    .execute();
  await trx
    .insertInto('alias_weights')
    .values(weights.map((weight, position) => ({ function_id: functionId, alias, ...weight, position })))
    .execute();
}

function historyAfter(present: StoredAlias | undefined, change: AliasWrite): AliasWeight[][] {
  if (typeof change.history !== 'string') return change.history;
  if (!present) return [];
  if (change.history === 'keep' || sameWeights(present.weights, change.weights)) return present.history;
  return [...present.history, present.weights].slice(-HISTORY_LIMIT);
}

/** Whether calls are sent alike by both. */
export function sameWeights(a: readonly AliasWeight[], b: readonly AliasWeight[]): boolean {
  const text = (weights: readonly AliasWeight[]) =>
    JSON.stringify(
      weights
        .filter(({ weight }) => weight > 0)
        .map(({ version, weight }) => [version, weight])
        .sort((x, y) => x[0]! - y[0]!),
    );
  return text(a) === text(b);
}

/** Throws `conflict` unless all of these versions are ready and have their images. */
export async function requireReady(
  trx: Db,
  options: { functionId: string; key: FunctionKey; alias: string; weights: AliasWeight[] },
): Promise<void> {
  const numbers = options.weights.map((weight) => weight.version);
  const rows = await trx
    .selectFrom('versions')
    .select(['number', 'state', 'image_id'])
    .where('function_id', '=', options.functionId)
    .where('number', 'in', numbers)
    .execute();
  const states = new Map(rows.map((row) => [row.number, row.state]));
  const problems = numbers
    .filter((number) => states.get(number) !== 'ready')
    .map((number) => {
      const state = states.get(number);
      return state ? `version ${number} is ${state}` : `there is no version ${number}`;
    });
  const imageless = rows.filter((row) => row.state === 'ready' && row.image_id === null);
  if (problems.length === 0 && imageless.length > 0) throw imageRemoved(options.key, imageless[0]!.number);
  if (problems.length === 0) return;
  throw new PlatformError(
    'conflict',
    `Alias "${options.alias}" of "${functionObject(options.key)}" can only name versions that are ready: ` +
      `${problems.join(', ')}.`,
    { details: { versions: numbers.filter((number) => states.get(number) !== 'ready') } },
  );
}
