import type { Kysely, Migration } from 'kysely';
import type { Database } from '../schema.ts';

/** Which trace a call belonged to. */
export const executionTraces: Migration = {
  async up(db: Kysely<Database>): Promise<void> {
    await db.schema.alterTable('executions').addColumn('trace_id', 'text').execute();
  },
};
