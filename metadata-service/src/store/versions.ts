import type { By, NewVersion, Page } from '@plat/platform-kit/clients/metadata-client.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { ensureFunction, functionId, functionObject } from './functions.ts';
import { requireProject } from './projects.ts';
import type { FunctionKey } from './store.ts';
import { toVersionRecord, versionColumns } from './version-records.ts';
import type { Db, Write } from './write.ts';

export async function createVersion(
  write: Write,
  key: FunctionKey,
  version: NewVersion & By,
): Promise<VersionRecord> {
  const { trx, at, record } = write;
  await requireProject(trx, key.project);
  const id = await ensureFunction(write, key);
  const { latest: number } = await trx
    .updateTable('functions')
    .set((eb) => ({ latest: eb('latest', '+', 1), updated_at: at }))
    .where('id', '=', id)
    .returning('latest')
    .executeTakeFirstOrThrow();
  const row = await trx
    .insertInto('versions')
    .values({
      function_id: id,
      number,
      state: 'pending',
      config: JSON.stringify(version.config),
      source_digest: version.sourceDigest,
      source_bytes: version.sourceBytes,
      image_id: null,
      image_reused: 0,
      image_ref: null,
      promote: version.promote && !version.rollout ? 1 : 0,
      error: null,
      created_by: version.actor,
      created_at: at,
      build_started_at: null,
      built_at: null,
      finished_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await record({
    kind: 'function',
    key: id,
    actor: version.actor,
    action: 'version.create',
    object: functionObject(key),
    detail: { version: number, sourceDigest: version.sourceDigest, promote: version.promote },
  });
  return toVersionRecord({ ...row, project: key.project, function: key.name });
}

export async function listVersions(
  trx: Db,
  key: FunctionKey,
  page: { before?: number; limit: number },
): Promise<Page<VersionRecord>> {
  const id = await functionId(trx, key);
  const rows = await versionsJoined(trx)
    .where('versions.function_id', '=', id)
    .$if(page.before !== undefined, (query) => query.where('versions.number', '<', page.before!))
    .orderBy('versions.number', 'desc')
    .limit(page.limit + 1)
    .execute();
  const items = rows.slice(0, page.limit).map(toVersionRecord);
  return { items, next: rows.length > page.limit ? String(items.at(-1)!.number) : null };
}

export async function getVersion(trx: Db, key: FunctionKey, number: number): Promise<VersionRecord> {
  const id = await functionId(trx, key);
  const found = await findVersion(trx, id, number);
  if (found) return found;
  const { latest } = await trx
    .selectFrom('functions')
    .select('latest')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  throw new PlatformError(
    'not_found',
    `Function "${functionObject(key)}" has no version ${number}; its latest is ${latest}.`,
    { details: { ...key, version: number, latest } },
  );
}

export async function findVersion(
  trx: Db,
  functionId: string,
  number: number,
): Promise<VersionRecord | undefined> {
  const row = await versionsJoined(trx)
    .where('versions.function_id', '=', functionId)
    .where('versions.number', '=', number)
    .executeTakeFirst();
  return row && toVersionRecord(row);
}

/** Throws `not_found` when it is gone with its function. */
export async function requireVersion(trx: Db, functionId: string, number: number): Promise<VersionRecord> {
  const found = await findVersion(trx, functionId, number);
  if (found) return found;
  throw new PlatformError(
    'not_found',
    `Version ${number} was made by this request before, and deleted since.`,
  );
}

/** Versions with what {@link toVersionRecord} wants. */
export function versionsJoined(trx: Db) {
  return trx
    .selectFrom('versions')
    .innerJoin('functions', 'functions.id', 'versions.function_id')
    .select(versionColumns);
}
