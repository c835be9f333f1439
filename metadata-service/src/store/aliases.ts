import type { AliasSetting, Guarded } from '@plat/platform-kit/clients/metadata-client.ts';
import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { LIVE, requireReady, writeAlias } from './alias-rows.ts';
import { functionObject, getFunction, touchFunction } from './functions.ts';
import { requireMatch } from './require-match.ts';
import { endRollout } from './rollout-moves.ts';
import type { FunctionKey } from './store.ts';
import type { Write } from './write.ts';

export async function setAlias(
  write: Write,
  options: { key: FunctionKey; alias: string; setting: AliasSetting; by: Guarded },
): Promise<FunctionRecord> {
  const { key, alias, setting, by } = options;
  const { weights, sticky } = setting;
  await requireMatch(write, key, by.ifMatch, aliasOf(alias));
  const functionId = await touchFunction(write, key);
  await requireReady(write.trx, { functionId, key, alias, weights });
  if (alias === LIVE) await endRollout(write, functionId, { actor: by.actor, weights });
  await writeAlias(write, { functionId, alias, weights, sticky, history: 'push' });
  await write.record({
    kind: 'function',
    key: functionId,
    actor: by.actor,
    action: 'alias.set',
    object: functionObject(key),
    detail: { alias, weights, ...(sticky === undefined ? {} : { sticky }) },
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

/** The part of a function that a guard of this alias is about. */
export function aliasOf(alias: string) {
  return ({ aliases }: FunctionRecord) => aliases.find(({ name }) => name === alias);
}
