import type { Guarded } from '@plat/platform-kit/clients/metadata-client.ts';
import type { AliasWeight, FunctionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { imageRemoved } from '@plat/platform-kit/image-removed.ts';
import { functionObject, getFunction, touchFunction } from './functions.ts';
import { requireMatch } from './require-match.ts';
import type { FunctionKey } from './store.ts';
import type { Db, Write } from './write.ts';

/** The alias that callers get who name none; it comes to be when the first version is ready. */
export const LIVE = 'live';

export async function setAlias(
  write: Write,
  options: { key: FunctionKey; alias: string; weights: AliasWeight[]; by: Guarded },
): Promise<FunctionRecord> {
  const { key, alias, weights, by } = options;
  await requireMatch(write, key, by.ifMatch, aliasOf(alias));
  const functionId = await touchFunction(write, key);
  await requireReady(write.trx, { functionId, key, alias, weights });
  await writeAlias(write, { functionId, alias, weights });
  await write.record({
    kind: 'function',
    key: functionId,
    actor: by.actor,
    action: 'alias.set',
    object: functionObject(key),
    detail: { alias, weights },
  });
  return getFunction(write.trx, key);
}

export async function deleteAlias(
  write: Write,
  key: FunctionKey,
  alias: string,
  by: Guarded,
): Promise<FunctionRecord> {
  await requireMatch(write, key, by.ifMatch, aliasOf(alias));
  const functionId = await touchFunction(write, key);
  if (alias === LIVE) {
    throw new PlatformError(
      'conflict',
      `The alias "${LIVE}" cannot be deleted. Stop or delete the function instead.`,
    );
  }
  const gone = await write.trx
    .deleteFrom('aliases')
    .where('function_id', '=', functionId)
    .where('name', '=', alias)
    .returning('name')
    .executeTakeFirst();
  if (!gone) {
    throw new PlatformError('not_found', `Function "${functionObject(key)}" has no alias "${alias}".`, {
      details: { ...key, alias },
    });
  }
  await write.record({
    kind: 'function',
    key: functionId,
    actor: by.actor,
    action: 'alias.delete',
    object: functionObject(key),
    detail: { alias },
  });
  return getFunction(write.trx, key);
}

function aliasOf(alias: string) {
  return ({ aliases }: FunctionRecord) => aliases.find(({ name }) => name === alias);
}

/** Points the alias at these versions, whatever it named before. */
export async function writeAlias(
  { trx, at }: Write,
  { functionId, alias, weights }: { functionId: string; alias: string; weights: AliasWeight[] },
): Promise<void> {
  await trx
    .insertInto('aliases')
    .values({ function_id: functionId, name: alias, updated_at: at })
    .onConflict((conflict) => conflict.columns(['function_id', 'name']).doUpdateSet({ updated_at: at }))
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

async function requireReady(
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
