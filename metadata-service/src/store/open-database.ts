import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '@plat/platform-kit/config.ts';
import { backoffMs, deadline, pause } from '@plat/platform-kit/waiting.ts';
import { Kysely, sql } from 'kysely';
import { postgresDialect } from './postgres-dialect.ts';
import { isServerAway } from './postgres-error.ts';
import type { Database } from './schema.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { postgresTransactions, sqliteTransactions, type Transactions } from './transactions.ts';

export type OpenOptions = {
  /** PostgreSQL only: how many connections at most. */
  connections?: number;
  /** PostgreSQL only: longest duration of a statement, 0 for none. */
  statementMs?: number;
  /** SQLite only: refuse a file that is not there instead of making it. */
  mustExist?: boolean;
  /** How long to wait for a server that does not answer yet. */
  connectMs?: number;
};

/** A database as it is, whatever its schema. */
export type OpenDatabase = { kind: 'sqlite' | 'postgres'; db: Kysely<Database>; transactions: Transactions };

const DEFAULTS = { connections: 10, statementMs: 30_000, connectMs: 30_000, mustExist: false };
const EXAMPLES =
  'sqlite:<file>, such as sqlite:./.plat/plat.db, or postgres://user:password@host:port/database';

/**
 * Opens the database that `databaseUrl` names. Throws ConfigError, without the URL in its message (it may hold a
 * password), for a URL or a database it cannot use.
 */
export async function openDatabase(databaseUrl: string, options: OpenOptions = {}): Promise<OpenDatabase> {
  const scheme = databaseUrl.slice(0, databaseUrl.indexOf(':') + 1);
  if (scheme === 'postgres:' || scheme === 'postgresql:')
    return openPostgres(databaseUrl, { ...DEFAULTS, ...options });
  const file = databaseUrl.slice('sqlite:'.length);
  if (scheme !== 'sqlite:' || file === '') throw new ConfigError(`DATABASE_URL: expected ${EXAMPLES}.`);
  if (file !== ':memory:') await prepareFile(path.resolve(file), options.mustExist ? 'r+' : 'a');
  const db = new Kysely<Database>({
    dialect: sqliteDialect(file === ':memory:' ? file : path.resolve(file)),
  });
  return { kind: 'sqlite', db, transactions: sqliteTransactions(db) };
}

async function openPostgres(url: string, options: Required<OpenOptions>): Promise<OpenDatabase> {
  const db = new Kysely<Database>({ dialect: postgresDialect(url, options) });
  try {
    await untilAnswers(db, options.connectMs);
  } catch (error) {
    await db.destroy();
    throw new ConfigError(`DATABASE_URL: PostgreSQL cannot be used: ${reasonOf(error)}`);
  }
  return { kind: 'postgres', db, transactions: postgresTransactions(db) };
}

/** Services start in any order: a server that is not up yet is waited for, one that refuses us is not. */
async function untilAnswers(db: Kysely<Database>, timeoutMs: number): Promise<void> {
  const over = deadline(timeoutMs);
  for (let attempts = 1; ; attempts++) {
    try {
      await sql`select 1`.execute(db);
      return;
    } catch (error) {
      if (!isServerAway(error) || over.aborted) throw error;
      await pause(backoffMs(attempts, { baseMs: 100, maxMs: 2000 }), over);
    }
  }
}

function reasonOf(error: unknown): string {
  const { message, code } = error as Error & { code?: string };
  const hint = isServerAway(error) ? ' Is the server running, and is the address right?' : '';
  return `${message || code || 'it does not answer'}.${hint}`;
}

/** The record holds functions' environments: nobody but the owner reads it. SQLite gives its log the file's mode. */
async function prepareFile(file: string, flags: 'a' | 'r+'): Promise<void> {
  try {
    if (flags === 'a') await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await (await open(file, flags, 0o600)).close();
  } catch (cause) {
    throw new ConfigError(`DATABASE_URL: the file ${file} cannot be written (${(cause as Error).message}).`);
  }
}
