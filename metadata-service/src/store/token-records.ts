import type { By } from '@plat/platform-kit/clients/metadata-client.ts';
import type { TokenRecord } from '@plat/platform-kit/domain.ts';
import type { Selectable } from 'kysely';
import type { Database } from './schema.ts';
import type { Entry } from './write.ts';

type TokenRow = Selectable<Database['tokens']>;

export function tokenDeleted(row: TokenRow, by: By): Entry {
  return { ...tokenEntry(row, by), action: 'token.delete' };
}

export function tokenEntry(row: TokenRow, by: By): Omit<Entry, 'action'> {
  const { name, role, project } = row;
  return {
    kind: 'token',
    key: row.id,
    actor: by.actor,
    object: `token:${row.id}`,
    detail: { name, role, project },
  };
}

export function toTokenRecord(row: TokenRow): TokenRecord {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    project: row.project,
    hash: row.hash,
    expiresAt: row.expires_at,
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}
