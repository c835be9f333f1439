import { ConfigError } from '@plat/platform-kit/config.ts';
import { PostgresDialect } from 'kysely';
import { Pool, types, type PoolClient } from 'pg';

/** `statementMs`: longest duration of one statement; 0 for none, which only moves of whole databases want. */
export type PostgresOptions = { connections: number; statementMs: number };

/** By which PostgreSQL shows our connections. */
export const APPLICATION_NAME = 'plat';
/** Longest wait for a connection: a new one, or a free one of the pool. */
const CONNECT_MS = 10_000;
/** How much longer than a statement may take the answer is waited for, before the connection counts as dead. */
const ANSWER_GRACE_MS = 5000;
/** A transaction whose process hangs must not hold its locks for longer. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/**
 * PostgreSQL for Kysely, over a pool that makes its connections when they are asked for: a server that went away and
 * came back needs nothing here. Throws ConfigError, without the URL, for a URL that is none.
 */
export function postgresDialect(databaseUrl: string, options: PostgresOptions): PostgresDialect {
  return new PostgresDialect({ pool: createPool(databaseUrl, options) });
}

function createPool(connectionString: string, { connections, statementMs }: PostgresOptions): Pool {
  const pool = openPool(connectionString, {
    max: connections,
    connectionTimeoutMillis: CONNECT_MS,
    idle_in_transaction_session_timeout: statementMs && IDLE_IN_TRANSACTION_MS,
    statement_timeout: statementMs,
    query_timeout: statementMs && statementMs + ANSWER_GRACE_MS,
    keepAlive: true,
    application_name: APPLICATION_NAME,
    types: { getTypeParser: parserOf },
  });
  // A connection that breaks leaves the pool by itself, and fails the query it was at; without listeners, one for those
  // that are idle and one for those in use, it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    endWhenSilent(client);
  });
  return pool;
}

const INT8: number = types.builtins.INT8;
/** 64-bit integers as numbers, as SQLite gives them: none of ours comes near 2^53. */
const parserOf = ((oid: number, format?: 'text' | 'binary'): unknown =>
  oid === INT8 ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser;

function openPool(connectionString: string, settings: ConstructorParameters<typeof Pool>[0]): Pool {
  try {
    return new Pool({ ...settings, connectionString });
  } catch {
    throw new ConfigError('DATABASE_URL: expected postgres://user:password@host:port/database.');
  }
}

/** The driver leaves a connection that did not answer in the pool, where it would fail whoever gets it next. */
function endWhenSilent(client: PoolClient): void {
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
  const guarded = async (...args: unknown[]): Promise<unknown> => {
    try {
      return await query(...args);
    } catch (error) {
      if (error instanceof Error && error.message === 'Query read timeout')
        void (client as unknown as Ending).end();
      throw error;
    }
  };
  client.query = guarded as typeof client.query;
}

type Ending = { end: () => Promise<void> };
