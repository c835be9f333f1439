import type { Page } from '@plat/platform-kit/clients/metadata-client.ts';
import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import { isDraftName } from '@plat/platform-kit/draft-name.ts';
import { findFunctions } from './function-records.ts';
import { byText } from './order.ts';
import type { PageQuery } from './store.ts';
import type { Db } from './write.ts';

/** A page of functions by `project/name`. Of all of them only the names are read; whole records only of the page's own. */
export async function pageFunctions(
  trx: Db,
  { project }: { project?: string },
  { before, limit }: PageQuery,
): Promise<Page<FunctionRecord>> {
  const rows = await trx
    .selectFrom('functions')
    .select(['id', 'project', 'name'])
    .$if(project !== undefined, (query) => query.where('project', '=', project!))
    .execute();
  const rest = rows
    .filter(({ name }) => !isDraftName(name))
    .map((row) => ({ id: row.id, key: `${row.project}/${row.name}` }))
    .filter(({ key }) => before === undefined || key > before)
    .sort(byText(({ key }) => key));
  const shown = rest.slice(0, limit);
  if (shown.length === 0) return { items: [], next: null };
  const records = await findFunctions(trx, { ids: shown.map(({ id }) => id) });
  const byId = new Map(records.map((record) => [record.id, record]));
  return {
    items: shown.flatMap(({ id }) => byId.get(id) ?? []),
    next: rest.length > shown.length ? shown.at(-1)!.key : null,
  };
}
