import type { Kysely, Migration } from 'kysely';
import type { Database } from '../schema.ts';

/** An index for the builds of all functions, newest first. */
export const builds: Migration = {
  async up(db: Kysely<Database>): Promise<void> {
    await db.schema
      .createIndex('versions_created')
      .on('versions')
      .columns(['created_at', 'function_id', 'number'])
      .execute();
  },
};
