import type { Kysely, Migration } from 'kysely';
import type { Database } from '../schema.ts';

/** The first schema, and the project `default`, whose making is change number 1. */
export const initial: Migration = {
  async up(db: Kysely<Database>): Promise<void> {
    await createFunctionTables(db);
    await createTokenTable(db);
    await createExecutionTable(db);
    await createRecordTables(db);
    await db
      .insertInto('projects')
      .values({ name: 'default', created_at: new Date().toISOString() })
      .execute();
    await db.insertInto('changes').values({ kind: 'project', key: 'default', seq: 1 }).execute();
    await db
      .insertInto('counters')
      .values([
        { name: 'change_seq', value: 1 },
        { name: 'change_floor', value: 0 },
      ])
      .execute();
  },
};

async function createFunctionTables(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('projects')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('functions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('project', 'text', (column) => column.notNull().references('projects.name'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('host_label', 'text', (column) => column.notNull().unique())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('latest', 'integer', (column) => column.notNull())
    .addColumn('promoted_number', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .addUniqueConstraint('functions_project_name', ['project', 'name'])
    .execute();
  await db.schema
    .createTable('versions')
    .addColumn('function_id', 'text', (column) =>
      column.notNull().references('functions.id').onDelete('cascade'),
    )
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('config', 'text', (column) => column.notNull())
    .addColumn('source_digest', 'text', (column) => column.notNull())
    .addColumn('source_bytes', 'bigint', (column) => column.notNull())
    .addColumn('image_id', 'text')
    .addColumn('image_reused', 'integer', (column) => column.notNull())
    .addColumn('promote', 'integer', (column) => column.notNull())
    .addColumn('error', 'text')
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('build_started_at', 'text')
    .addColumn('built_at', 'text')
    .addColumn('finished_at', 'text')
    .addPrimaryKeyConstraint('versions_key', ['function_id', 'number'])
    .execute();
  await db.schema.createIndex('versions_state').on('versions').column('state').execute();
  await db.schema
    .createTable('aliases')
    .addColumn('function_id', 'text', (column) =>
      column.notNull().references('functions.id').onDelete('cascade'),
    )
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('aliases_key', ['function_id', 'name'])
    .execute();
  await db.schema
    .createTable('alias_weights')
    .addColumn('function_id', 'text', (column) => column.notNull())
    .addColumn('alias', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('weight', 'integer', (column) => column.notNull())
    .addColumn('position', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('alias_weights_key', ['function_id', 'alias', 'version'])
    .addForeignKeyConstraint(
      'alias_weights_alias',
      ['function_id', 'alias'],
      'aliases',
      ['function_id', 'name'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .addForeignKeyConstraint(
      'alias_weights_version',
      ['function_id', 'version'],
      'versions',
      ['function_id', 'number'],
      (constraint) => constraint.onDelete('cascade'),
    )
    .execute();
}

async function createTokenTable(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('tokens')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('project', 'text', (column) => column.references('projects.name'))
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('expires_at', 'text')
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .execute();
}

async function createExecutionTable(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('executions')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .addColumn('function_id', 'text', (column) => column.notNull())
    .addColumn('project', 'text', (column) => column.notNull())
    .addColumn('function', 'text', (column) => column.notNull())
    .addColumn('version', 'integer')
    .addColumn('alias', 'text')
    .addColumn('trigger', 'text', (column) => column.notNull())
    .addColumn('method', 'text', (column) => column.notNull())
    .addColumn('path', 'text', (column) => column.notNull())
    .addColumn('status', 'integer', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('error_code', 'text')
    .addColumn('cold', 'integer', (column) => column.notNull())
    .addColumn('queue_ms', 'double precision', (column) => column.notNull())
    .addColumn('duration_ms', 'double precision', (column) => column.notNull())
    .addColumn('cpu_ms', 'double precision')
    .addColumn('memory_bytes', 'bigint')
    .addColumn('bytes_in', 'bigint', (column) => column.notNull())
    .addColumn('bytes_out', 'bigint', (column) => column.notNull())
    .addColumn('instance', 'text')
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .execute();
  const indexes = {
    executions_time: ['started_at', 'id'],
    executions_project: ['project', 'started_at', 'id'],
    executions_function: ['project', 'function', 'started_at', 'id'],
    executions_outcome: ['outcome', 'started_at', 'id'],
    executions_request: ['request_id', 'started_at'],
  };
  for (const [name, columns] of Object.entries(indexes)) {
    await db.schema.createIndex(name).on('executions').columns(columns).execute();
  }
}

async function createRecordTables(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('audit')
    .addColumn('seq', 'bigint', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('object', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('audit_object').on('audit').columns(['object', 'seq']).execute();
  await db.schema.createIndex('audit_time').on('audit').columns(['at', 'seq']).execute();
  await db.schema
    .createTable('changes')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('seq', 'bigint', (column) => column.notNull().unique())
    .addPrimaryKeyConstraint('changes_key', ['kind', 'key'])
    .execute();
  await db.schema
    .createTable('counters')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'bigint', (column) => column.notNull())
    .execute();
}
