import { ConfigError } from '@plat/platform-kit/config.ts';
import { sql } from 'kysely';
import type { OpenDatabase } from '../store/open-database.ts';
import { APPLICATION_NAME } from '../store/postgres-dialect.ts';

/**
 * Throws ConfigError while another process has the database open: what it writes meanwhile would be lost. `what` names
 * the database for the message.
 */
export async function requireUnused({ kind, db }: OpenDatabase, what: string): Promise<void> {
  const isUsed = kind === 'sqlite' ? await isSqliteUsed(db) : await isPostgresUsed(db);
  if (isUsed) throw new ConfigError(`${what} is in use. Stop the platform that uses it, then try again.`);
}

/** SQLite leaves its log's mode only when nobody else has the file open. */
async function isSqliteUsed(db: OpenDatabase['db']): Promise<boolean> {
  try {
    await sql`pragma busy_timeout = 100`.execute(db);
    const { rows } = await sql<{ journal_mode: string }>`pragma journal_mode = delete`.execute(db);
    return rows[0]?.journal_mode !== 'delete' && rows[0]?.journal_mode !== 'memory';
  } catch (error) {
    if (/locked|busy/i.test(String(error))) return true;
    throw error;
  }
}

async function isPostgresUsed(db: OpenDatabase['db']): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from pg_stat_activity
    where datname = current_database() and application_name = ${APPLICATION_NAME} and pid <> pg_backend_pid()
  `.execute(db);
  return Number(rows[0]?.count) > 0;
}
