import type { Kysely, Migration } from 'kysely';
import type { Database } from '../schema.ts';

/** Custom domains of functions; they go with their function. */
export const domains: Migration = {
  async up(db: Kysely<Database>): Promise<void> {
    await db.schema
      .createTable('domains')
      .addColumn('domain', 'text', (column) => column.primaryKey())
      .addColumn('function_id', 'text', (column) =>
        column.notNull().references('functions.id').onDelete('cascade'),
      )
      .addColumn('created_by', 'text', (column) => column.notNull())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('domains_function').on('domains').column('function_id').execute();
  },
};
