import type { Kysely, Migration } from 'kysely';
import type { Database } from '../schema.ts';

/** Where a version's image can be pulled from. */
export const imageReference: Migration = {
  async up(db: Kysely<Database>): Promise<void> {
    await db.schema.alterTable('versions').addColumn('image_ref', 'text').execute();
  },
};
