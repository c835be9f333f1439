import type { By } from '@plat/platform-kit/clients/metadata-client.ts';
import type { DomainRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { functionId, functionObject, touchFunction } from './functions.ts';
import { byText } from './order.ts';
import type { FunctionKey } from './store.ts';
import type { Db, Write } from './write.ts';

/** Each becomes a route at every edge; a function that wants more wants a wildcard of its own in front of the platform. */
const DOMAINS_LIMIT = 100;

export async function listDomains(trx: Db, key: FunctionKey): Promise<DomainRecord[]> {
  const rows = await trx
    .selectFrom('domains')
    .selectAll()
    .where('function_id', '=', await functionId(trx, key))
    .execute();
  return rows.map(toDomainRecord).sort(byText((record) => record.domain));
}

export async function addDomain(
  write: Write,
  { key, domain, by }: { key: FunctionKey; domain: string; by: By },
): Promise<DomainRecord> {
  const { trx, at } = write;
  const id = await touchFunction(write, key);
  const row = await trx
    .insertInto('domains')
    .values({ domain, function_id: id, created_by: by.actor, created_at: at })
    .onConflict((conflict) => conflict.column('domain').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!row) throw await taken(trx, key, domain);
  const count = await trx
    .selectFrom('domains')
    .select((eb) => eb.fn.countAll().as('count'))
    .where('function_id', '=', id)
    .executeTakeFirstOrThrow();
  if (Number(count.count) > DOMAINS_LIMIT) {
    throw new PlatformError(
      'conflict',
      `Function "${functionObject(key)}" has ${DOMAINS_LIMIT} domains already, which is the most. Remove one first.`,
      { details: { limit: DOMAINS_LIMIT } },
    );
  }
  await write.record({
    kind: 'function',
    key: id,
    actor: by.actor,
    action: 'domain.add',
    object: functionObject(key),
    detail: { domain },
  });
  return toDomainRecord(row);
}

export async function deleteDomain(write: Write, key: FunctionKey, domain: string, by: By): Promise<void> {
  const id = await touchFunction(write, key);
  const gone = await write.trx
    .deleteFrom('domains')
    .where('function_id', '=', id)
    .where('domain', '=', domain)
    .returning('domain')
    .executeTakeFirst();
  if (!gone) {
    throw new PlatformError(
      'not_found',
      `Function "${functionObject(key)}" has no domain "${domain}". plat domains ls ${key.name} shows those it has.`,
      { details: { ...key, domain } },
    );
  }
  await write.record({
    kind: 'function',
    key: id,
    actor: by.actor,
    action: 'domain.remove',
    object: functionObject(key),
    detail: { domain },
  });
}

/** Names the holder only to its own project: who else uses a domain is nobody's business. */
async function taken(trx: Db, key: FunctionKey, domain: string): Promise<PlatformError> {
  const holder = await trx
    .selectFrom('domains')
    .innerJoin('functions', 'functions.id', 'domains.function_id')
    .select(['functions.project', 'functions.name'])
    .where('domains.domain', '=', domain)
    .executeTakeFirst();
  if (holder?.project !== key.project) {
    return new PlatformError('conflict', `The domain "${domain}" is in use already on this platform.`, {
      details: { domain },
    });
  }
  return new PlatformError(
    'conflict',
    holder.name === key.name
      ? `Function "${functionObject(key)}" has the domain "${domain}" already.`
      : `Function "${holder.name}" of this project has the domain "${domain}". Remove it there first: plat domains rm ${holder.name} ${domain}.`,
    { details: { domain, project: holder.project, function: holder.name } },
  );
}

function toDomainRecord(row: { domain: string; created_by: string; created_at: string }): DomainRecord {
  return { domain: row.domain, createdBy: row.created_by, createdAt: row.created_at };
}
