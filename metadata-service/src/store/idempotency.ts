import type { Idempotency } from '@plat/platform-kit/clients/metadata-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { Db, Write } from './write.ts';

/**
 * Makes something once for a key. `note` says what to keep of it (never a secret), `repeat` answers a repeated request
 * from that. A key that came with another request before is `conflict`.
 *
 * INVARIANTS: the key is looked up and written in the transaction that makes the thing, and changes stand in one line
 * (`Transactions.change`): of two requests at once the second finds what the first has made. What failed left no key.
 */
export async function once<T, N>(
  write: Write,
  idempotency: Idempotency | undefined,
  how: { make: () => Promise<T>; note: (made: T) => N; repeat: (noted: N) => Promise<T> },
): Promise<T> {
  if (!idempotency) return how.make();
  const noted = await findAnswer(write.trx, idempotency);
  if (noted !== undefined) return how.repeat(noted as N);
  const made = await how.make();
  const answer = JSON.stringify(how.note(made));
  await write.trx
    .insertInto('idempotency')
    .values({ key: idempotency.key, request: idempotency.request, answer, created_at: write.at })
    .execute();
  return made;
}

/** What was noted for the key; undefined when nothing was. */
async function findAnswer(trx: Db, { key, request }: Idempotency): Promise<unknown> {
  const row = await trx.selectFrom('idempotency').selectAll().where('key', '=', key).executeTakeFirst();
  if (!row) return undefined;
  if (row.request !== request) {
    throw new PlatformError(
      'conflict',
      'This Idempotency-Key came with another request before. Take a new key for each new request.',
    );
  }
  return JSON.parse(row.answer);
}

export async function expireIdempotency(trx: Db, options: { before: Date; limit: number }): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('idempotency')
    .where('key', 'in', (eb) =>
      eb
        .selectFrom('idempotency')
        .select('key')
        .where('created_at', '<', options.before.toISOString())
        .orderBy('created_at')
        .limit(options.limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}
