import { ConfigError } from '@plat/platform-kit/config.ts';
import { DEFAULT_MIGRATION_TABLE, Migrator, type Kysely, type Migration } from 'kysely';
import { initial } from './migrations/0001-initial.ts';
import { imageReference } from './migrations/0002-image-reference.ts';
import { domains } from './migrations/0003-domains.ts';
import { idempotency } from './migrations/0004-idempotency.ts';
import { executions } from './migrations/0005-executions.ts';
import { rollouts } from './migrations/0006-rollouts.ts';
import { builds } from './migrations/0011-builds.ts';
import { executionTraces } from './migrations/0012-execution-traces.ts';
import type { Database } from './schema.ts';

/** In order; a name that was once released never changes. */
export const MIGRATIONS: Record<string, Migration> = {
  '0001-initial': initial,
  '0002-image-reference': imageReference,
  '0003-domains': domains,
  '0004-idempotency': idempotency,
  '0005-executions': executions,
  '0006-rollouts': rollouts,
  '0011-builds': builds,
  '0012-execution-traces': executionTraces,
};

/** Brings the database to the present schema; throws ConfigError when a newer Plat has already taken it further. */
export async function migrate(
  db: Kysely<Database>,
  migrations: Record<string, Migration> = MIGRATIONS,
): Promise<void> {
  requireKnown(await appliedMigrations(db), migrations);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw new Error('The database could not be brought to the present schema.', { cause: error });
}

function requireKnown(applied: string[], migrations: Record<string, Migration>): void {
  const unknown = applied.filter((name) => !(name in migrations));
  if (unknown.length > 0) {
    throw new ConfigError(
      `The database was made by a newer Plat (it has ${unknown.join(', ')}, which this version does not know). ` +
        'Start the newer version, or restore a backup that this version made.',
    );
  }
}

/** Throws ConfigError unless the database has exactly the present schema. */
export async function requirePresentSchema(db: Kysely<Database>): Promise<void> {
  const applied = await appliedMigrations(db);
  if (applied.length === 0) throw new ConfigError('There is no record of Plat in this database.');
  requireKnown(applied, MIGRATIONS);
  if (Object.keys(MIGRATIONS).some((name) => !applied.includes(name)))
    throw new ConfigError(
      'The database was made by an older Plat. Start this version of the platform with it once, then try again.',
    );
}

/** The names of the migrations a database has had; none for an empty one. */
export async function appliedMigrations(db: Kysely<Database>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === DEFAULT_MIGRATION_TABLE)) return [];
  const rows = await db
    .withTables<{ [DEFAULT_MIGRATION_TABLE]: { name: string } }>()
    .selectFrom(DEFAULT_MIGRATION_TABLE)
    .select('name')
    .execute();
  return rows.map((row) => row.name);
}
