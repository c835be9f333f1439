import type { Guarded } from '@plat/platform-kit/clients/metadata-client.ts';
import type { FunctionRecord, FunctionState } from '@plat/platform-kit/domain.ts';
import { isDraftName } from '@plat/platform-kit/draft-name.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { hostLabel } from '@plat/platform-kit/names.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import { findFunctions } from './function-records.ts';
import { requireMatch } from './require-match.ts';
import type { FunctionKey } from './store.ts';
import type { Db, Write } from './write.ts';

/** How the audit log names a function, and everything about its versions and aliases. */
export function functionObject({ project, name }: FunctionKey): string {
  return `${project}/${name}`;
}

export function functionNotFound(key: FunctionKey): PlatformError {
  return new PlatformError('not_found', `There is no function "${key.name}" in project "${key.project}".`, {
    details: { project: key.project, function: key.name },
  });
}

export function listFunctions(trx: Db, filter: { project?: string }): Promise<FunctionRecord[]> {
  return findFunctions(trx, filter);
}

export async function getFunction(trx: Db, key: FunctionKey): Promise<FunctionRecord> {
  const [found] = await findFunctions(trx, key);
  if (!found) throw functionNotFound(key);
  return found;
}

export async function functionId(trx: Db, { project, name }: FunctionKey): Promise<string> {
  const row = await trx
    .selectFrom('functions')
    .select('id')
    .where('project', '=', project)
    .where('name', '=', name)
    .executeTakeFirst();
  if (!row) throw functionNotFound({ project, name });
  return row.id;
}

/**
 * Marks the function as changed and returns its id. Every write to a function does this first: on a database with
 * several connections the row's lock then puts writes to one function in a line.
 */
export async function touchFunction({ trx, at }: Write, { project, name }: FunctionKey): Promise<string> {
  const row = await trx
    .updateTable('functions')
    .set({ updated_at: at })
    .where('project', '=', project)
    .where('name', '=', name)
    .returning('id')
    .executeTakeFirst();
  if (!row) throw functionNotFound({ project, name });
  return row.id;
}

/** Makes the function unless it exists; `conflict` when another one has its host already. */
export async function ensureFunction({ trx, at }: Write, { project, name }: FunctionKey): Promise<string> {
  const label = hostLabel(project, name);
  await trx
    .insertInto('functions')
    .values({
      id: newId(Date.parse(at)),
      project,
      name,
      host_label: label,
      state: 'active',
      latest: 0,
      promoted_number: 0,
      created_at: at,
      updated_at: at,
    })
    .onConflict((conflict) => conflict.column('host_label').doNothing())
    .execute();
  const holder = await trx
    .selectFrom('functions')
    .select(['id', 'project', 'name'])
    .where('host_label', '=', label)
    .executeTakeFirstOrThrow();
  if (holder.project !== project || holder.name !== name) {
    throw new PlatformError(
      'conflict',
      `The function "${name}" of project "${project}" would have the host "${label}", which function ` +
        `"${holder.name}" of project "${holder.project}" has already. Choose another name.`,
      { details: { host: label, project: holder.project, function: holder.name } },
    );
  }
  return holder.id;
}

export async function setFunctionState(
  write: Write,
  key: FunctionKey,
  state: FunctionState,
  by: Guarded,
): Promise<FunctionRecord> {
  await requireMatch(write, key, by.ifMatch);
  const id = await touchFunction(write, key);
  await write.trx.updateTable('functions').set({ state }).where('id', '=', id).execute();
  await write.record({
    kind: 'function',
    key: id,
    actor: by.actor,
    action: state === 'active' ? 'function.start' : 'function.stop',
    object: functionObject(key),
  });
  return getFunction(write.trx, key);
}

export async function deleteFunction(write: Write, key: FunctionKey, by: Guarded): Promise<void> {
  await requireMatch(write, key, by.ifMatch);
  const { trx, record } = write;
  const id = await functionId(trx, key);
  await trx.deleteFrom('functions').where('id', '=', id).execute();
  // What a draft did is nobody's history.
  if (isDraftName(key.name)) {
    await trx
      .deleteFrom('executions')
      .where('project', '=', key.project)
      .where('function', '=', key.name)
      .execute();
    await trx.deleteFrom('metrics').where('function_id', '=', id).execute();
  }
  await record({
    kind: 'function',
    key: id,
    actor: by.actor,
    action: 'function.delete',
    object: functionObject(key),
  });
}
