import type { By } from '@plat/platform-kit/clients/metadata-client.ts';
import type { TokenRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import { byText } from './order.ts';
import { requireProject } from './projects.ts';
import type { NewToken } from './store.ts';
import { toTokenRecord, tokenDeleted, tokenEntry } from './token-records.ts';
import type { Db, Write } from './write.ts';

export async function listTokens(trx: Db): Promise<TokenRecord[]> {
  const rows = await trx.selectFrom('tokens').selectAll().execute();
  return rows.map(toTokenRecord).sort(byText((token) => token.createdAt, (token) => token.id)); // prettier-ignore
}

export async function findTokens(trx: Db, ids: string[]): Promise<TokenRecord[]> {
  const rows = await trx.selectFrom('tokens').selectAll().where('id', 'in', ids).execute();
  return rows.map(toTokenRecord);
}

export async function createToken({ trx, at, record }: Write, token: NewToken & By): Promise<TokenRecord> {
  if (token.project !== null) await requireProject(trx, token.project);
  const row = await trx
    .insertInto('tokens')
    .values({
      id: newId(Date.parse(at)),
      name: token.name,
      role: token.role,
      project: token.project,
      hash: token.hash,
      expires_at: token.expiresAt,
      created_by: token.actor,
      created_at: at,
    })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!row)
    throw new PlatformError('conflict', 'There is already a token with this secret. Make a new secret.');
  await record({ ...tokenEntry(row, token), action: 'token.create' });
  return toTokenRecord(row);
}

export async function deleteToken({ trx, record }: Write, id: string, by: By): Promise<void> {
  const row = await trx.deleteFrom('tokens').where('id', '=', id).returningAll().executeTakeFirst();
  if (!row) throw new PlatformError('not_found', `There is no token with the id "${id}".`);
  await record(tokenDeleted(row, by));
}
