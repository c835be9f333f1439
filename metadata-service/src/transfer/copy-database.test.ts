import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { newId } from '@plat/platform-kit/ids.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../store/open-database.ts';
import { openStore } from '../store/open-store.ts';
import {
  BY,
  HELLO,
  makeReady,
  sampleExecution,
  sampleToken,
  sampleVersion,
} from '../store/sample-records.ts';
import { PostgresCluster, findPostgres } from '../testing/postgres-cluster.ts';
import { copyDatabase } from './copy-database.ts';
import { readRows, type Row } from './table-rows.ts';
import { TABLE_NAMES } from './tables.ts';

const bin = await findPostgres();
if (!bin && process.env['PLAT_FORBID_SKIPS'] === '1')
  throw new Error('PostgreSQL is not installed (scripts/setup-postgres.sh), and PLAT_FORBID_SKIPS=1.');

let folder: string;
let sqliteUrl: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plat-copy-'));
  sqliteUrl = `sqlite:${folder}/plat.db`;
});
afterEach(() => rm(folder, { recursive: true }));

/** A record with something in every table, more than one batch of executions. */
async function fillSource(url: string): Promise<number> {
  const store = await openStore(url);
  await store.createProject('shop', { ...BY, idempotency: { key: 'a'.repeat(64), request: 'b'.repeat(64) } });
  await makeReady(store, await store.createVersion(HELLO, sampleVersion()));
  const plan = {
    steps: [100],
    stepMs: 1000,
    minCalls: 1,
    maxErrorIncrease: 0,
    maxP95Ratio: 1,
    patienceMs: 1000,
  };
  const { functionId } = await store.createVersion(
    HELLO,
    sampleVersion({ sourceBytes: 6_000_000_001, rollout: plan }),
  );
  await store.transitionVersion(functionId, 2, {
    from: 'pending',
    to: 'failed',
    error: { code: 'invalid', message: 'Zeile\n„ü“ 🙂', phase: 'building', logTail: ['a\u0000b'] },
    ...BY,
  });
  await store.setAlias(HELLO, 'canary', { weights: [{ version: 1, weight: 100 }] }, BY);
  await store.addDomain(HELLO, 'www.example.org', BY);
  await store.createToken(sampleToken({ project: 'shop' }));
  await store.recordExecutions(
    Array.from({ length: 1203 }, (_, i) => ({
      ...sampleExecution({ queueMs: i / 3, cpuMs: null, hasBodies: i === 0 }),
      ...(i === 0 ? { bodies: { request: null, response: null } } : {}),
    })),
  );
  const { seq } = await store.changesSince(0);
  await store.close();
  return seq;
}

/** The same record in a file that nobody has open: SQLite keeps a file open until its statements are collected. */
async function closedCopy(url: string): Promise<string> {
  const { db } = await openDatabase(url);
  const file = path.join(folder, `copy-${newId()}.db`);
  await sql`vacuum into ${file}`.execute(db);
  await db.destroy();
  return `sqlite:${file}`;
}

async function everyRow(url: string): Promise<Record<string, Row[]>> {
  const { db, transactions } = await openDatabase(url);
  const rows: Record<string, Row[]> = {};
  await transactions.within(async (trx) => {
    for (const name of TABLE_NAMES) {
      rows[name] = [];
      for await (const batch of readRows(trx, name)) rows[name].push(...batch);
    }
  });
  await db.destroy();
  // Databases sort texts each in its own way.
  for (const list of Object.values(rows))
    list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return rows;
}

test('every table that the migrations make is among those that are copied', async () => {
  await (await openStore(sqliteUrl)).close();
  const { db } = await openDatabase(sqliteUrl);
  const tables = await db.introspection.getTables();
  expect(tables.map((table) => table.name).sort()).toEqual([...TABLE_NAMES].sort());
  await db.destroy();
});

describe.skipIf(!bin)('with PostgreSQL', () => {
  let cluster: PostgresCluster;
  beforeAll(async () => {
    cluster = await PostgresCluster.start(bin!);
  }, 60_000);
  afterAll(() => cluster?.dispose());

  test('a record moves from SQLite to PostgreSQL and back, equal row by row, and its numbers go on', async () => {
    const seq = await fillSource(sqliteUrl);
    const before = await everyRow(sqliteUrl);
    for (const name of TABLE_NAMES.filter((table) => table in FILLED)) expect(before[name]).not.toEqual([]);
    const postgresUrl = await cluster.createDatabase();
    const counts = await copyDatabase({ from: await closedCopy(sqliteUrl), to: postgresUrl });
    expect(counts.get('executions')).toBe(1203);
    expect(await everyRow(postgresUrl)).toEqual(before);

    const store = await openStore(postgresUrl);
    expect((await store.createVersion(HELLO, sampleVersion())).number).toBe(3);
    const page = await store.changesSince(seq);
    expect(page).toMatchObject({ reset: false, seq: seq + 1 });
    await store.close();

    const backUrl = `sqlite:${folder}/back.db`;
    await copyDatabase({ from: postgresUrl, to: backUrl });
    expect(await everyRow(backUrl)).toEqual(await everyRow(postgresUrl));
  });

  test('a target that has something is refused and stays as it is', async () => {
    await fillSource(sqliteUrl);
    const postgresUrl = await cluster.createDatabase();
    const store = await openStore(postgresUrl);
    await store.createProject('mine', BY);
    await store.close();
    const before = await everyRow(postgresUrl);
    await expect(copyDatabase({ from: await closedCopy(sqliteUrl), to: postgresUrl })).rejects.toThrow(
      /target database is not empty/,
    );
    expect(await everyRow(postgresUrl)).toEqual(before);
  });

  test('databases that are in use are refused, and say which', async () => {
    await fillSource(sqliteUrl);
    const postgresUrl = await cluster.createDatabase();
    const usedUrl = await closedCopy(sqliteUrl);
    const usingSource = await openStore(usedUrl);
    await expect(copyDatabase({ from: usedUrl, to: postgresUrl })).rejects.toThrow(/The source is in use/);
    await usingSource.close();
    const usingTarget = await openStore(postgresUrl);
    await expect(copyDatabase({ from: await closedCopy(sqliteUrl), to: postgresUrl })).rejects.toThrow(
      /The target is in use/,
    );
    await usingTarget.close();
    await copyDatabase({ from: await closedCopy(sqliteUrl), to: postgresUrl });
  });

  test('a source that is not there, or is none of ours, is refused', async () => {
    const to = await cluster.createDatabase();
    await expect(copyDatabase({ from: `sqlite:${folder}/none.db`, to })).rejects.toThrow(/none\.db/);
    const { db } = await openDatabase(sqliteUrl);
    await db.destroy();
    await expect(copyDatabase({ from: sqliteUrl, to })).rejects.toThrow(/no record of Plat/);
  });
});

const FILLED = Object.fromEntries(TABLE_NAMES.map((name) => [name, true]));
