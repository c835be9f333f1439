import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '@plat/platform-kit/config.ts';
import { Kysely, type Dialect } from 'kysely';
import { createKyselyStore } from './kysely-store.ts';
import { migrate } from './migrate.ts';
import type { Database } from './schema.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import type { Store } from './store.ts';

/**
 * Opens the database that `databaseUrl` names and brings it to the present schema. Throws ConfigError, without the
 * URL in its message (it may hold a password), for a URL or a database it cannot use.
 */
export async function openStore(databaseUrl: string, options: { now?: () => Date } = {}): Promise<Store> {
  const db = new Kysely<Database>({ dialect: await dialectOf(databaseUrl) });
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return createKyselyStore(db, options);
}

async function dialectOf(databaseUrl: string): Promise<Dialect> {
  const scheme = databaseUrl.slice(0, databaseUrl.indexOf(':') + 1);
  if (scheme === 'postgres:' || scheme === 'postgresql:') {
    throw new ConfigError(
      'DATABASE_URL: PostgreSQL is not supported by this version; use sqlite:<file>, such as sqlite:./.plat/plat.db.',
    );
  }
  const file = databaseUrl.slice('sqlite:'.length);
  if (scheme !== 'sqlite:' || file === '') {
    throw new ConfigError('DATABASE_URL: expected sqlite:<file>, such as sqlite:./.plat/plat.db.');
  }
  if (file !== ':memory:') await prepareFile(path.resolve(file));
  return sqliteDialect(file === ':memory:' ? file : path.resolve(file));
}

/** The record holds functions' environments: nobody but the owner reads it. SQLite gives its log the file's mode. */
async function prepareFile(file: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await (await open(file, 'a', 0o600)).close();
  } catch (cause) {
    throw new ConfigError(`DATABASE_URL: the file ${file} cannot be written (${(cause as Error).message}).`);
  }
}
