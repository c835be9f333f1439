import { sql, type Kysely, type Migration } from 'kysely';
import type { Database } from '../schema.ts';

/**
 * What more is known of calls, parts of their bodies, and roll-ups of them. Lists of what is rare (failures, cold
 * starts) get indexes that hold only those rows; they cost nothing for the others.
 */
export const executions: Migration = {
  async up(db: Kysely<Database>): Promise<void> {
    await extendExecutions(db);
    await indexExecutions(db);
    await createBodies(db);
    await createMetrics(db);
  },
};

async function extendExecutions(db: Kysely<Database>): Promise<void> {
  const add = db.schema.alterTable('executions');
  await add.addColumn('rung', 'text', (column) => column.notNull().defaultTo('hot')).execute();
  await add.addColumn('wake_ms', 'double precision', (column) => column.notNull().defaultTo(0)).execute();
  await add.addColumn('phases', 'text', (column) => column.notNull().defaultTo('{}')).execute();
  await add.addColumn('error_message', 'text').execute();
  await add.addColumn('error_component', 'text').execute();
  await add.addColumn('usage', 'text').execute();
  await add.addColumn('has_bodies', 'integer', (column) => column.notNull().defaultTo(0)).execute();
  await sql`UPDATE executions SET rung = 'new', wake_ms = queue_ms WHERE cold = 1`.execute(db);
}

/** The conditions stand in the queries as they stand here, else the database does not see that an index fits. */
async function indexExecutions(db: Kysely<Database>): Promise<void> {
  await db.schema.dropIndex('executions_outcome').execute();
  for (const [name, condition] of [
    ['executions_failed', sql<boolean>`outcome <> 'ok'`],
    ['executions_refused', sql<boolean>`status >= 400`],
    ['executions_cold', sql<boolean>`cold = 1`],
  ] as const) {
    await db.schema
      .createIndex(name)
      .on('executions')
      .columns(['started_at', 'id'])
      .where(condition)
      .execute();
  }
}

async function createBodies(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('execution_bodies')
    .addColumn('execution_id', 'text', (column) =>
      column.primaryKey().references('executions.id').onDelete('cascade'),
    )
    .addColumn('bodies', 'text', (column) => column.notNull())
    .execute();
}

const COUNTS = [
  'calls',
  'function_errors',
  'timeouts',
  'platform_errors',
  'client_errors',
  'status_2xx',
  'status_3xx',
  'status_4xx',
  'status_5xx',
  'cold_starts',
  'timed_calls',
  'cpu_calls',
  'memory_bytes',
  'bytes_in',
  'bytes_out',
  'instances',
  'instance_memory_bytes',
];
const SUMS = ['duration_ms', 'queue_ms', 'wake_ms', 'cpu_ms', 'instance_cpu_ms', 'instance_period_ms'];
const BUCKETS = 48;

async function createMetrics(db: Kysely<Database>): Promise<void> {
  let table = db.schema
    .createTable('metrics')
    .addColumn('resolution_s', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('function_id', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('function', 'text', (column) => column.notNull());
  for (const name of COUNTS)
    table = table.addColumn(name, 'bigint', (column) => column.notNull().defaultTo(0));
  for (const name of SUMS)
    table = table.addColumn(name, 'double precision', (column) => column.notNull().defaultTo(0));
  for (let bucket = 0; bucket < BUCKETS; bucket++)
    table = table.addColumn(`b${bucket}`, 'bigint', (column) => column.notNull().defaultTo(0));
  await table
    .addPrimaryKeyConstraint('metrics_key', ['function_id', 'resolution_s', 'at', 'version'])
    .execute();
  await db.schema.createIndex('metrics_time').on('metrics').columns(['resolution_s', 'at']).execute();
}
