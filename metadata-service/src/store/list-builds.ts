import type { BuildFilter, Page } from '@plat/platform-kit/clients/metadata-client.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { DRAFT_PREFIX } from '@plat/platform-kit/draft-name.ts';
import { VERSION_STATES, isTerminal } from '@plat/platform-kit/version-states.ts';
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import { containsText } from './contains-text.ts';
import { invalidCursor } from './invalid-cursor.ts';
import type { Database } from './schema.ts';
import type { PageQuery } from './store.ts';
import { toVersionRecord } from './version-records.ts';
import { versionsJoined } from './versions.ts';
import type { Db } from './write.ts';

type Builder = ExpressionBuilder<Database, 'versions' | 'functions'>;
type Position = { createdAt: string; functionId: string; number: number };

const ACTIVE = VERSION_STATES.filter((state) => !isTerminal(state));

/** A page of the versions of all functions, newest first, by the index on the time they were made. */
export async function listBuilds(
  trx: Db,
  filter: Omit<BuildFilter, 'before' | 'limit'>,
  page: PageQuery,
): Promise<Page<VersionRecord>> {
  const position = page.before === undefined ? undefined : readCursor(page.before);
  const rows = await versionsJoined(trx)
    .where((eb) =>
      eb.and([...conditions(eb, filter), ...(position === undefined ? [] : [olderThan(eb, position)])]),
    )
    .orderBy('versions.created_at', 'desc')
    .orderBy('versions.function_id', 'desc')
    .orderBy('versions.number', 'desc')
    .limit(page.limit + 1)
    .execute();
  const items = rows.slice(0, page.limit).map(toVersionRecord);
  return { items, next: rows.length > page.limit ? writeCursor(items.at(-1)!) : null };
}

function conditions(
  eb: Builder,
  { project, function: name, state, since, q }: BuildFilter,
): Expression<SqlBool>[] {
  return [
    eb('functions.name', 'not like', `${DRAFT_PREFIX}%`),
    ...(project === undefined ? [] : [eb('functions.project', '=', project)]),
    ...(name === undefined ? [] : [eb('functions.name', '=', name)]),
    ...(state === undefined
      ? []
      : [state === 'active' ? eb('versions.state', 'in', ACTIVE) : eb('versions.state', '=', state)]),
    ...(since === undefined ? [] : [eb('versions.created_at', '>=', since)]),
    ...(q === undefined
      ? []
      : [containsText(['functions.name', 'versions.created_by', 'versions.error'], q)]),
  ];
}

function olderThan(eb: Builder, { createdAt, functionId, number }: Position): Expression<SqlBool> {
  return eb.and([
    eb('versions.created_at', '<=', createdAt),
    eb.or([
      eb('versions.created_at', '<', createdAt),
      eb('versions.function_id', '<', functionId),
      eb.and([eb('versions.function_id', '=', functionId), eb('versions.number', '<', number)]),
    ]),
  ]);
}

function writeCursor({ createdAt, functionId, number }: VersionRecord): string {
  return `${Date.parse(createdAt)}.${functionId}.${number}`;
}

function readCursor(before: string): Position {
  const match = /^(\d{1,15})\.(.+)\.(\d{1,9})$/.exec(before);
  if (!match) throw invalidCursor(before);
  return {
    createdAt: new Date(Number(match[1])).toISOString(),
    functionId: match[2]!,
    number: Number(match[3]),
  };
}
