import type { Page } from '@plat/platform-kit/clients/metadata-client.ts';
import type { AuditRecord } from '@plat/platform-kit/domain.ts';
import { invalidCursor } from './invalid-cursor.ts';
import type { PageQuery } from './store.ts';
import type { Db } from './write.ts';

export async function listAudit(
  trx: Db,
  filter: { object?: string },
  page: PageQuery,
): Promise<Page<AuditRecord>> {
  const before = page.before === undefined ? undefined : readCursor(page.before);
  const rows = await trx
    .selectFrom('audit')
    .selectAll()
    .$if(filter.object !== undefined, (query) => query.where('object', '=', filter.object!))
    .$if(before !== undefined, (query) => query.where('seq', '<', before!))
    .orderBy('seq', 'desc')
    .limit(page.limit + 1)
    .execute();
  const shown = rows.slice(0, page.limit);
  return {
    items: shown.map(({ id, at, actor, action, object, detail }) => ({
      id,
      at,
      actor,
      action,
      object,
      detail: JSON.parse(detail) as Record<string, unknown>,
    })),
    next: rows.length > page.limit ? String(shown.at(-1)!.seq) : null,
  };
}

export async function expireAudit(trx: Db, options: { before: Date; limit: number }): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('audit')
    .where('seq', 'in', (eb) =>
      eb
        .selectFrom('audit')
        .select('seq')
        .where('at', '<', options.before.toISOString())
        .orderBy('at')
        .limit(options.limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}

function readCursor(before: string): number {
  if (/^\d{1,15}$/.test(before)) return Number(before);
  throw invalidCursor(before);
}
