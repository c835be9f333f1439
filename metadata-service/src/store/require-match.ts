import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { namesState } from '@plat/platform-kit/state-tag.ts';
import { functionObject, getFunction } from './functions.ts';
import type { FunctionKey } from './store.ts';
import type { Write } from './write.ts';

/**
 * Throws `precondition_failed` when `ifMatch` does not name the state of what `part` takes of the function (nothing:
 * there is none).
 *
 * INVARIANTS: the function's row is locked before its state is read, as every write to a function does first, so the
 * state holds until the transaction that changes it is committed.
 */
export async function requireMatch(
  { trx }: Write,
  key: FunctionKey,
  ifMatch: string | undefined,
  part: (record: FunctionRecord) => object | undefined = (record) => record,
): Promise<void> {
  if (ifMatch === undefined) return;
  await trx
    .updateTable('functions')
    .set((eb) => ({ latest: eb.ref('latest') }))
    .where('project', '=', key.project)
    .where('name', '=', key.name)
    .execute();
  if (namesState(ifMatch, part(await getFunction(trx, key)))) return;
  throw new PlatformError(
    'precondition_failed',
    `"${functionObject(key)}" has changed since it was read. Read it again, then decide again.`,
    { details: { ...key } },
  );
}
