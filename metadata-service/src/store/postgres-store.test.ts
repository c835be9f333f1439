import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError } from '@plat/platform-kit/config.ts';
import { PostgresCluster, findPostgres } from '../testing/postgres-cluster.ts';
import { openStore } from './open-store.ts';
import { BY, HELLO, makeReady, sampleExecution, sampleVersion } from './sample-records.ts';
import { storeContract } from './store.contract.ts';

const bin = await findPostgres();
if (!bin && process.env['PLAT_FORBID_SKIPS'] === '1')
  throw new Error('PostgreSQL is not installed (scripts/setup-postgres.sh), and PLAT_FORBID_SKIPS=1.');

describe.skipIf(!bin)('with PostgreSQL', () => {
  let cluster: PostgresCluster;
  beforeAll(async () => {
    cluster = await PostgresCluster.start(bin!);
  }, 60_000);
  afterAll(() => cluster?.dispose());

  storeContract('PostgreSQL', async () => {
    const url = await cluster.createDatabase();
    const store = await openStore(url);
    return { store, openAgain: () => openStore(url), dispose: () => store.close() };
  });

  test('followers of two processes see every change once, in order, while many connections write', async () => {
    const url = await cluster.createDatabase();
    const stores = [await openStore(url), await openStore(url)];
    const start = (await stores[0]!.changesSince(0)).seq;
    const total = 200;
    const seen: number[] = [];
    const keys: string[] = [];
    const follow = async () => {
      for (let since = start; seen.length < total;) {
        const page = await stores[1]!.changesSince(since);
        for (const change of page.changes) {
          seen.push(change.seq);
          keys.push(change.key);
        }
        since = page.seq;
      }
    };
    const write = Promise.all(
      Array.from({ length: total }, (_, i) => stores[i % 2]!.createProject(`p${i}`, BY)),
    );
    await Promise.all([write, follow()]);
    expect(seen).toEqual(Array.from({ length: total }, (_, i) => start + 1 + i));
    expect(new Set(keys).size).toBe(total);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('two processes that make versions at once give out every number once', async () => {
    const url = await cluster.createDatabase();
    const stores = await Promise.all([openStore(url), openStore(url)]);
    const versions = await Promise.all(
      Array.from({ length: 30 }, (_, i) => stores[i % 2]!.createVersion(HELLO, sampleVersion())),
    );
    expect(versions.map((version) => version.number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
    await Promise.all(stores.map((store) => store.close()));
  });

  test('batches of executions that overlap, in any order, are all recorded once', async () => {
    const store = await openStore(await cluster.createDatabase());
    const batch = Array.from({ length: 300 }, () => sampleExecution());
    await Promise.all(
      [batch, batch.toReversed(), batch.slice(100), batch.slice(0, 200).toReversed()].map((executions) =>
        store.recordExecutions(executions),
      ),
    );
    const { items } = await store.listExecutions({}, { limit: 1000 });
    expect(items).toHaveLength(300);
    await store.close();
  });

  test('while the server is away everything is "unavailable"; once it is back all goes on by itself', async () => {
    const store = await openStore(await cluster.createDatabase());
    const version = await makeReady(store, await store.createVersion(HELLO, sampleVersion()));
    await cluster.stop();
    try {
      for (const attempt of [
        () => store.createProject('a', BY),
        () => store.listProjects(),
        () => store.recordExecutions([sampleExecution()]),
      ]) {
        await expect(attempt()).rejects.toMatchObject({
          code: 'unavailable',
          message: expect.stringContaining('database does not answer'),
        });
      }
    } finally {
      await cluster.boot();
    }
    expect(await store.getVersion(HELLO, 1)).toEqual(version);
    expect(await store.createProject('a', BY)).toMatchObject({ name: 'a' });
    await store.close();
  });

  test('a write that was under way when the server crashed is "unavailable", and is there whole or not at all', async () => {
    const store = await openStore(await cluster.createDatabase());
    const writes = Array.from({ length: 100 }, (_, i) => store.createProject(`p${i}`, BY));
    const results = Promise.allSettled(writes);
    await Promise.race(writes);
    await cluster.stop();
    await cluster.boot();
    const projects = (await store.listProjects()).map((project) => project.name);
    for (const [i, result] of (await results).entries()) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'unavailable' });
      else expect(projects).toContain(`p${i}`);
    }
    const { seq } = await store.changesSince(0);
    expect(seq).toBe(projects.length);
    await store.close();
  });

  test('a text that PostgreSQL cannot keep is refused as invalid', async () => {
    const store = await openStore(await cluster.createDatabase());
    await expect(store.createProject('a\u0000b', BY)).rejects.toMatchObject({ code: 'invalid' });
    await store.close();
  });

  test('a database that a newer Plat has taken further is refused', async () => {
    const url = await cluster.createDatabase();
    await (await openStore(url)).close();
    const database = new URL(url.replace('plat@/', 'plat@localhost/')).pathname.slice(1);
    await cluster.query(database, `insert into kysely_migration values ('9999-later', 'x')`);
    await expect(openStore(url)).rejects.toThrow(/newer Plat \(it has 9999-later/);
  });

  test('a server that refuses, or that does not come, is said without the password', async () => {
    for (const url of [
      `${cluster.url('nothing').replace('plat@', 'plat:hunter2@')}`,
      'postgres://me:hunter2@127.0.0.1:9/plat',
      'postgres://me:hunter2@[/plat',
    ]) {
      const error: unknown = await openStore(url, { connectMs: 200 }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(ConfigError);
      expect(String(error)).toMatch(/DATABASE_URL: /);
      expect(String(error)).not.toContain('hunter2');
    }
  });
});
