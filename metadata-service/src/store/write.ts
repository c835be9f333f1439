import { newId } from '@plat/platform-kit/ids.ts';
import type { Transaction } from 'kysely';
import type { ChangeKind, Database, IsoTime } from './schema.ts';

export type Db = Transaction<Database>;

/** What a change tells the feed (`kind`, `key`) and the audit log (the rest; `detail` never has a secret). */
export type Entry = {
  kind: ChangeKind;
  key: string;
  actor: string;
  action: string;
  object: string;
  detail?: Record<string, unknown>;
};

/** A transaction that changes the record; `at` is the one time all of its rows bear. */
export type Write = { trx: Db; at: IsoTime; record: (entry: Entry) => Promise<void> };

/**
 * INVARIANTS: every change of the record goes through `record` in its own transaction; the counter's row stays locked
 * until the commit, so numbers become visible in their order and none is given out twice, even after the feed is trimmed.
 */
export function createWrite(trx: Db, now: Date): Write {
  const at = now.toISOString();
  return { trx, at, record: (entry) => record(trx, at, entry) };
}

async function record(trx: Db, at: IsoTime, entry: Entry): Promise<void> {
  const { value } = await trx
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .where('name', '=', 'change_seq')
    .returning('value')
    .executeTakeFirstOrThrow();
  const seq = Number(value);
  await trx
    .insertInto('changes')
    .values({ kind: entry.kind, key: entry.key, seq })
    .onConflict((conflict) => conflict.columns(['kind', 'key']).doUpdateSet({ seq }))
    .execute();
  await trx
    .insertInto('audit')
    .values({
      seq,
      id: newId(Date.parse(at)),
      at,
      actor: entry.actor,
      action: entry.action,
      object: entry.object,
      detail: JSON.stringify(entry.detail ?? {}),
    })
    .execute();
}
