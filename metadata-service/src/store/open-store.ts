import { createKyselyStore } from './kysely-store.ts';
import { migrate } from './migrate.ts';
import { openDatabase, type OpenOptions } from './open-database.ts';
import type { Store } from './store.ts';

/**
 * Opens the database that `databaseUrl` names and brings it to the present schema. Throws ConfigError, without the
 * URL in its message (it may hold a password), for a URL or a database it cannot use.
 */
export async function openStore(
  databaseUrl: string,
  options: OpenOptions & { now?: () => Date } = {},
): Promise<Store> {
  const { db, transactions } = await openDatabase(databaseUrl, options);
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return createKyselyStore(db, { now: options.now, transactions });
}
