import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError } from '@plat/platform-kit/config.ts';
import { Kysely, type Migration } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from './migrate.ts';
import { openStore } from './open-store.ts';
import { BY } from './sample-records.ts';
import type { Database } from './schema.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import { storeContract } from './store.contract.ts';

storeContract('SQLite', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'plat-store-'));
  const url = `sqlite:${folder}/plat.db`;
  const store = await openStore(url);
  return {
    store,
    openAgain: () => openStore(url),
    dispose: async () => {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plat-store-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('openStore() makes the folder and a file that only the owner reads, its log too', async () => {
  const file = path.join(folder, 'a/b/plat.db');
  const store = await openStore(`sqlite:${file}`);
  await store.createProject('shop', BY);
  expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
  for (const name of [file, `${file}-wal`]) expect((await stat(name)).mode & 0o777).toBe(0o600);
  await store.close();
});

test('openStore() keeps a database in memory apart from every other', async () => {
  const [one, other] = [await openStore('sqlite::memory:'), await openStore('sqlite::memory:')];
  await one.createProject('shop', BY);
  expect(await other.listProjects()).toHaveLength(1);
  await one.close();
  await other.close();
});

test('openStore() refuses what is no URL of a database, without showing the password', async () => {
  for (const url of ['hunter2', 'mysql://me:hunter2@db/plat', 'sqlite:']) {
    const error: unknown = await openStore(url).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toMatch(/DATABASE_URL: .*sqlite:/);
    expect(String(error)).not.toContain('hunter2');
  }
});

test('openStore() says which file it cannot write', async () => {
  const file = path.join(folder, 'file/plat.db');
  await writeFile(path.join(folder, 'file'), '');
  await expect(openStore(`sqlite:${file}`)).rejects.toThrow(
    `DATABASE_URL: the file ${file} cannot be written`,
  );
});

test('openStore() refuses a database that a newer Plat has taken further, and leaves it as it is', async () => {
  const file = path.join(folder, 'plat.db');
  await (await openStore(`sqlite:${file}`)).close();
  const db = new Kysely<{ kysely_migration: { name: string; timestamp: string } }>({
    dialect: sqliteDialect(file),
  });
  await db.insertInto('kysely_migration').values({ name: '9999-later', timestamp: 'x' }).execute();
  await expect(openStore(`sqlite:${file}`)).rejects.toThrow(/newer Plat \(it has 9999-later/);
  await expect(openStore(`sqlite:${file}`)).rejects.toThrow(ConfigError);
  await db.destroy();
});

test('migrate() leaves nothing of a migration that fails half-way, so that the next start can try again', async () => {
  const db = new Kysely<Database>({ dialect: sqliteDialect(path.join(folder, 'plat.db')) });
  const table: Migration['up'] = (on) => on.schema.createTable('halves').addColumn('a', 'text').execute();
  const failing: Migration = {
    async up(on) {
      await table(on);
      throw new Error('cut off');
    },
  };
  await expect(migrate(db, { '0001-halves': failing })).rejects.toThrow(/could not be brought/);
  await migrate(db, { '0001-halves': { up: table } });
  expect((await db.introspection.getTables()).map((it) => it.name)).toContain('halves');
  await db.destroy();
});
