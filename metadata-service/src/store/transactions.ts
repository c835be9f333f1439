import { backoffMs, sleep } from '@plat/platform-kit/waiting.ts';
import type { Kysely } from 'kysely';
import { isRace, toStoreError } from './postgres-error.ts';
import type { Database } from './schema.ts';
import { toStoreError as fromSqlite } from './sqlite-error.ts';
import type { Db } from './write.ts';

/**
 * How a database runs the store's transactions. All that `within` reads is of one moment. `change` is for changes of
 * the record: they stand in one line, and each sees all that those before it committed. `work` may run more than once.
 */
export type Transactions = {
  within: <T>(work: (trx: Db) => Promise<T>) => Promise<T>;
  change: <T>(work: (trx: Db) => Promise<T>) => Promise<T>;
};

/** SQLite: Kysely's driver gives the one connection to one transaction at a time. */
export function sqliteTransactions(db: Kysely<Database>): Transactions {
  const run: Transactions['within'] = async (work) => {
    let failure: { error: unknown } | undefined;
    try {
      return await db.transaction().execute(async (trx) => {
        try {
          return await work(trx);
        } catch (error) {
          failure = { error };
          throw error;
        }
      });
    } catch (error) {
      // On a full disk SQLite rolls back by itself; that there is nothing left to roll back hides why.
      throw fromSqlite(failure ? failure.error : error);
    }
  };
  return { within: run, change: run };
}

const ATTEMPTS = 6;

/**
 * PostgreSQL, over several connections.
 *
 * INVARIANTS
 * 1. A change locks the row of `change_seq` before anything else and keeps it until its commit. So numbers become
 *    visible in their order, without gaps (a sequence would show 5 before 4 is committed), changes cannot deadlock with
 *    each other, and what one looked up before it writes is still so when it commits.
 * 2. It runs at READ COMMITTED: each of its statements sees what was committed before it got that lock. Everything else
 *    runs at REPEATABLE READ, so that a page of the change feed and its values are of one moment.
 * 3. Only what PostgreSQL itself took back (serialization, deadlock) is tried again. After a broken connection nobody
 *    knows whether the commit happened: that is `unavailable`, for the caller to look.
 */
export function postgresTransactions(db: Kysely<Database>): Transactions {
  const within: Transactions['within'] = (work) =>
    attempt(() => db.transaction().setIsolationLevel('repeatable read').execute(work));
  const change: Transactions['change'] = (work) =>
    attempt(() =>
      db
        .transaction()
        .setIsolationLevel('read committed')
        .execute(async (trx) => {
          await trx
            .selectFrom('counters')
            .select('value')
            .where('name', '=', 'change_seq')
            .forUpdate()
            .execute();
          return work(trx);
        }),
    );
  return { within, change };
}

async function attempt<T>(run: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await run();
    } catch (error) {
      if (!isRace(error) || attempts === ATTEMPTS) throw toStoreError(error);
      await sleep(backoffMs(attempts, { baseMs: 5, maxMs: 200 }));
    }
  }
}
