import { DatabaseSync, type StatementSyncInstance } from '@photostructure/sqlite';
import {
  SqliteAdapter,
  SqliteDialect,
  type DialectAdapter,
  type SqliteDatabase,
  type SqliteStatement,
} from 'kysely';

/** Prepared statements that are kept, the most recently used ones. */
const STATEMENTS_KEPT = 200;

/**
 * SQLite for Kysely, on one connection; Kysely's driver gives that connection to one transaction at a time. What is
 * committed survives a power cut (WAL with `synchronous=FULL`). `file` is a path or `:memory:`.
 */
export function sqliteDialect(file: string): SqliteDialect {
  return new TransactionalSqliteDialect({ database: async () => openDatabase(file) });
}

/** SQLite takes DDL in transactions, so a migration that is cut off leaves nothing behind. */
class TransactionalSqliteDialect extends SqliteDialect {
  override createAdapter(): DialectAdapter {
    return new TransactionalSqliteAdapter();
  }
}

class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function openDatabase(file: string): SqliteDatabase {
  const database = new DatabaseSync(file);
  for (const pragma of [
    'busy_timeout = 5000',
    'journal_mode = WAL',
    'synchronous = FULL',
    'foreign_keys = ON',
    // KiB when negative. The default of 2 MiB is less than the indexes of the executions.
    'cache_size = -16384',
    // After a burst of writes the log is cut back to this size.
    'journal_size_limit = 67108864',
  ]) {
    database.exec(`PRAGMA ${pragma}`);
  }
  const statements = new Map<string, Statement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = statements.get(sql) ?? new Statement(database.prepare(sql));
      statements.delete(sql);
      statements.set(sql, statement);
      if (statements.size > STATEMENTS_KEPT) statements.delete(statements.keys().next().value!);
      return statement;
    },
  };
}

/** What Kysely wants of a statement is better-sqlite3's interface; this gives it that of `node:sqlite`. */
class Statement implements SqliteStatement {
  readonly reader: boolean;
  readonly #statement: StatementSyncInstance;

  constructor(statement: StatementSyncInstance) {
    this.#statement = statement;
    this.reader = statement.columns().length > 0;
  }

  all(parameters: readonly unknown[]): unknown[] {
    return this.#statement.all(...parameters);
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#statement.run(...parameters);
  }

  iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    return this.#statement.iterate(...parameters);
  }
}
