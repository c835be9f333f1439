import type { AliasRecord, FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import type { Sticky } from '@plat/platform-kit/sticky.ts';
import { VERSION_STATES, isTerminal } from '@plat/platform-kit/version-states.ts';
import type { Expression, ExpressionBuilder, Selectable, SqlBool } from 'kysely';
import { byText } from './order.ts';
import type { Database } from './schema.ts';
import { toVersionRecord, versionColumns } from './version-records.ts';
import type { Db } from './write.ts';

const UNFINISHED = VERSION_STATES.filter((state) => !isTerminal(state));

export type FunctionFilter = { ids?: string[]; project?: string; name?: string };

/** Whole records of the functions that match, sorted by project and name. Five queries, however many functions. */
export async function findFunctions(trx: Db, filter: FunctionFilter): Promise<FunctionRecord[]> {
  const functions = await trx
    .selectFrom('functions')
    .selectAll()
    .where((eb) => matches(eb, filter))
    .execute();
  if (functions.length === 0) return [];
  const aliases = await findAliases(trx, filter);
  const versions = await findVersions(trx, filter);
  const domains = await findDomains(trx, filter);
  return functions
    .map((row) =>
      toFunctionRecord(row, {
        aliases: aliases.get(row.id) ?? [],
        versions: versions.get(row.id) ?? [],
        domains: domains.get(row.id) ?? [],
      }),
    )
    .sort(
      byText(
        (fn) => fn.project,
        (fn) => fn.name,
      ),
    );
}

function matches(
  eb: ExpressionBuilder<Database, 'functions'>,
  { ids, project, name }: FunctionFilter,
): Expression<SqlBool> {
  return eb.and([
    ...(ids === undefined ? [] : [eb('functions.id', 'in', ids)]),
    ...(project === undefined ? [] : [eb('functions.project', '=', project)]),
    ...(name === undefined ? [] : [eb('functions.name', '=', name)]),
  ]);
}

async function findAliases(trx: Db, filter: FunctionFilter): Promise<Map<string, AliasRecord[]>> {
  const rows = await trx
    .selectFrom('functions')
    .innerJoin('aliases', 'aliases.function_id', 'functions.id')
    .innerJoin('alias_weights', (join) =>
      join
        .onRef('alias_weights.function_id', '=', 'aliases.function_id')
        .onRef('alias_weights.alias', '=', 'aliases.name'),
    )
    .select(['aliases.function_id', 'aliases.name', 'aliases.updated_at', 'aliases.sticky'])
    .select(['alias_weights.version', 'alias_weights.weight', 'alias_weights.position'])
    .where((eb) => matches(eb, filter))
    .execute();
  const found = new Map<string, AliasRecord[]>();
  rows.sort((a, b) => a.position - b.position);
  for (const row of rows) {
    const ofFunction = getOrAdd(found, row.function_id);
    let alias = ofFunction.find((candidate) => candidate.name === row.name);
    if (!alias) ofFunction.push((alias = newAlias(row)));
    alias.weights.push({ version: row.version, weight: row.weight });
  }
  for (const aliases of found.values()) aliases.sort(byText((alias) => alias.name));
  return found;
}

function newAlias(row: { name: string; sticky: string | null; updated_at: string }): AliasRecord {
  return {
    name: row.name,
    weights: [],
    ...(row.sticky === null ? {} : { sticky: JSON.parse(row.sticky) as Sticky }),
    updatedAt: row.updated_at,
  };
}

/** Versions that are not finished, and those that an alias names: two disjoint sets, for an alias names ready ones. */
async function findVersions(trx: Db, filter: FunctionFilter): Promise<Map<string, VersionRecord[]>> {
  const joined = trx
    .selectFrom('functions')
    .innerJoin('versions', 'versions.function_id', 'functions.id')
    .select(versionColumns)
    .where((eb) => matches(eb, filter));
  const unfinished = await joined.where('versions.state', 'in', UNFINISHED).execute();
  const named = await joined
    .innerJoin('alias_weights', (join) =>
      join
        .onRef('alias_weights.function_id', '=', 'versions.function_id')
        .onRef('alias_weights.version', '=', 'versions.number'),
    )
    .distinct()
    .execute();
  const found = new Map<string, VersionRecord[]>();
  for (const row of [...unfinished, ...named]) getOrAdd(found, row.function_id).push(toVersionRecord(row));
  for (const versions of found.values()) versions.sort((a, b) => b.number - a.number);
  return found;
}

async function findDomains(trx: Db, filter: FunctionFilter): Promise<Map<string, string[]>> {
  const rows = await trx
    .selectFrom('functions')
    .innerJoin('domains', 'domains.function_id', 'functions.id')
    .select(['domains.function_id', 'domains.domain'])
    .where((eb) => matches(eb, filter))
    .execute();
  const found = new Map<string, string[]>();
  for (const row of rows) getOrAdd(found, row.function_id).push(row.domain);
  for (const domains of found.values()) domains.sort();
  return found;
}

function getOrAdd<T>(map: Map<string, T[]>, key: string): T[] {
  let list = map.get(key);
  if (!list) map.set(key, (list = []));
  return list;
}

function toFunctionRecord(
  row: Selectable<Database['functions']>,
  parts: Pick<FunctionRecord, 'aliases' | 'versions' | 'domains'>,
): FunctionRecord {
  return {
    id: row.id,
    project: row.project,
    name: row.name,
    state: row.state,
    latest: row.latest,
    ...parts,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
