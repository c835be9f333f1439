import type { Change, ChangesPage } from '@plat/platform-kit/domain.ts';
import { findFunctions } from './function-records.ts';
import { findProjects, listProjects } from './projects.ts';
import type { ChangeKind, CounterName } from './schema.ts';
import { findTokens, listTokens } from './tokens.ts';
import type { Db } from './write.ts';

/** Changes in one page: bounds what is read and sent at once; whoever is further behind asks again. */
const PAGE_LIMIT = 500;

/**
 * INVARIANTS: the newest number is read before any value, so a page never claims a change it does not show; what
 * comes in between is shown early and comes again.
 */
export async function changesSince(trx: Db, since: number): Promise<ChangesPage> {
  const newest = await counter(trx, 'change_seq');
  if (since <= 0 || since > newest || since < (await counter(trx, 'change_floor'))) {
    return { seq: newest, reset: true, changes: await wholeState(trx, newest) };
  }
  if (since === newest) return { seq: newest, reset: false, changes: [] };
  const rows = await trx
    .selectFrom('changes')
    .select(['seq', 'kind', 'key'])
    .where('seq', '>', since)
    .orderBy('seq')
    .limit(PAGE_LIMIT)
    .execute();
  const entries = rows.map((row) => ({ ...row, seq: Number(row.seq) }));
  const seq = entries.length < PAGE_LIMIT ? newest : entries.at(-1)!.seq;
  return { seq, reset: false, changes: await withValues(trx, entries) };
}

export async function trimChanges(trx: Db, { keep }: { keep: number }): Promise<number> {
  const boundary = await trx
    .selectFrom('changes')
    .select('seq')
    .orderBy('seq', 'desc')
    .offset(keep)
    .limit(1)
    .executeTakeFirst();
  if (!boundary) return 0;
  const floor = Number(boundary.seq);
  const { numDeletedRows } = await trx.deleteFrom('changes').where('seq', '<=', floor).executeTakeFirst();
  await trx.updateTable('counters').set({ value: floor }).where('name', '=', 'change_floor').execute();
  return Number(numDeletedRows);
}

async function counter(trx: Db, name: CounterName): Promise<number> {
  const row = await trx
    .selectFrom('counters')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return Number(row.value);
}

async function wholeState(trx: Db, seq: number): Promise<Change[]> {
  const projects = await listProjects(trx);
  const functions = await findFunctions(trx, {});
  const tokens = await listTokens(trx);
  return [
    ...projects.map((value) => ({ seq, kind: 'project' as const, key: value.name, value })),
    ...functions.map((value) => ({ seq, kind: 'function' as const, key: value.id, value })),
    ...tokens.map((value) => ({ seq, kind: 'token' as const, key: value.id, value })),
  ];
}

async function withValues(
  trx: Db,
  entries: { seq: number; kind: ChangeKind; key: string }[],
): Promise<Change[]> {
  const keys = (kind: ChangeKind) => entries.filter((entry) => entry.kind === kind).map((entry) => entry.key);
  const projects = mapBy(await some(keys('project'), (names) => findProjects(trx, names)), (it) => it.name);
  const functions = mapBy(await some(keys('function'), (ids) => findFunctions(trx, { ids })), (it) => it.id);
  const tokens = mapBy(await some(keys('token'), (ids) => findTokens(trx, ids)), (it) => it.id);
  return entries.map(({ seq, kind, key }): Change => {
    switch (kind) {
      case 'project':
        return { seq, kind, key, value: projects.get(key) ?? null };
      case 'function':
        return { seq, kind, key, value: functions.get(key) ?? null };
      case 'token':
        return { seq, kind, key, value: tokens.get(key) ?? null };
    }
  });
}

async function some<T>(keys: string[], find: (keys: string[]) => Promise<T[]>): Promise<T[]> {
  return keys.length === 0 ? [] : find(keys);
}

function mapBy<T>(items: T[], key: (item: T) => string): Map<string, T> {
  return new Map(items.map((item) => [key(item), item]));
}
