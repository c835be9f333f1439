import type { Kysely, Migration } from 'kysely';
import type { Database } from '../schema.ts';

/** What aliases named before, how they tell callers apart, and rollouts; an index for the calls of one version. */
export const rollouts: Migration = {
  async up(db: Kysely<Database>): Promise<void> {
    await db.schema.alterTable('aliases').addColumn('sticky', 'text').execute();
    await db.schema
      .alterTable('aliases')
      .addColumn('history', 'text', (column) => column.notNull().defaultTo('[]'))
      .execute();
    await db.schema
      .createTable('rollouts')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('function_id', 'text', (column) =>
        column.notNull().references('functions.id').onDelete('cascade'),
      )
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('baseline', 'integer')
      .addColumn('plan', 'text', (column) => column.notNull())
      .addColumn('step', 'integer', (column) => column.notNull())
      .addColumn('before', 'text', (column) => column.notNull())
      .addColumn('reason', 'text')
      .addColumn('events', 'text', (column) => column.notNull())
      .addColumn('created_by', 'text', (column) => column.notNull())
      .addColumn('created_at', 'text', (column) => column.notNull())
      .addColumn('started_at', 'text')
      .addColumn('step_started_at', 'text')
      .addColumn('finished_at', 'text')
      .execute();
    await db.schema
      .createIndex('rollouts_function')
      .on('rollouts')
      .columns(['function_id', 'created_at', 'id'])
      .execute();
    await db.schema.createIndex('rollouts_state').on('rollouts').column('state').execute();
    await db.schema
      .createIndex('executions_version')
      .on('executions')
      .columns(['function_id', 'version', 'started_at'])
      .execute();
  },
};
