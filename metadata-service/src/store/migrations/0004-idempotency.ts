import type { Kysely, Migration } from 'kysely';
import type { Database } from '../schema.ts';

/** What requests with an `Idempotency-Key` made, for as long as they may be repeated. */
export const idempotency: Migration = {
  async up(db: Kysely<Database>): Promise<void> {
    await db.schema
      .createTable('idempotency')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('request', 'text', (column) => column.notNull())
      .addColumn('answer', 'text', (column) => column.notNull())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('idempotency_time').on('idempotency').column('created_at').execute();
  },
};
