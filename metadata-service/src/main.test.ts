import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { Kysely } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from './store/open-store.ts';
import { sampleExecution, sampleVersion } from './store/sample-records.ts';
import { sqliteDialect } from './store/sqlite-dialect.ts';

const INTERNAL_TOKEN = 'internal-token-of-a-test';
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

let folder: string;
let child: ChildProcess | undefined;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plat-meta-'));
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

function run(env: NodeJS.ProcessEnv): ChildProcess {
  child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'silent', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return child;
}

async function service(): Promise<{ process: ChildProcess; client: MetadataClient }> {
  const started = run({
    METADATA_LISTEN: `unix:${folder}/metadata.sock`,
    DATABASE_URL: `sqlite:${folder}/plat.db`,
    INTERNAL_TOKEN,
  });
  const client = new MetadataClient({ url: `unix:${folder}/metadata.sock`, internalToken: INTERNAL_TOKEN });
  const answers = await poll(() => client.listProjects().catch(() => undefined), {
    intervalMs: 50,
    timeoutMs: 20_000,
  });
  if (!answers) throw new Error('The service did not start.');
  return { process: started, client };
}

test('what was acknowledged is there after the process was killed', { timeout: 60_000 }, async () => {
  const first = await service();
  const version = await first.client.createVersion('default', 'hello', sampleVersion());
  await first.client.recordExecutions([sampleExecution({ id: 'a' })]);
  const killed = once(first.process, 'exit');
  first.process.kill('SIGKILL');
  expect((await killed)[1]).toBe('SIGKILL');
  await first.client.close();

  const second = await service();
  expect(await second.client.getVersion('default', 'hello', 1)).toEqual(version);
  expect(await second.client.getExecution('a')).toMatchObject({ id: 'a' });
  expect((await second.client.createVersion('default', 'hello', sampleVersion())).number).toBe(2);
  await second.client.close();
  const exited = once(second.process, 'exit');
  second.process.kill('SIGTERM');
  expect((await exited)[0]).toBe(0);
});

test('a wrong configuration is said in full, without secrets, and ends the process with 1', async () => {
  const failed = run({ INTERNAL_TOKEN: 'hunter2', EXECUTIONS_KEEP_DAYS: '0', METADATA_LISTEN: 'nope' });
  const [output, [code]] = await Promise.all([text(failed.stderr!), once(failed, 'exit')]);
  expect(code).toBe(1);
  for (const name of ['INTERNAL_TOKEN', 'EXECUTIONS_KEEP_DAYS', 'METADATA_LISTEN'])
    expect(output).toContain(name);
  expect(output).not.toContain('hunter2');
});

test('a database that cannot be used is said in one sentence', async () => {
  const failed = run({ INTERNAL_TOKEN, DATABASE_URL: 'mysql://me:hunter2@db/plat' });
  const [output, [code]] = await Promise.all([text(failed.stderr!), once(failed, 'exit')]);
  expect(code).toBe(1);
  expect(output).toMatch(/^DATABASE_URL: expected sqlite:[^\n]*\n$/);
});

test('a database of a newer Plat is left alone, said in one sentence, and ends the process with 1', async () => {
  const file = `${folder}/plat.db`;
  await (await openStore(`sqlite:${file}`)).close();
  const db = new Kysely<{ kysely_migration: { name: string; timestamp: string } }>({
    dialect: sqliteDialect(file),
  });
  await db.insertInto('kysely_migration').values({ name: '9999-later', timestamp: 'x' }).execute();
  await db.destroy();
  const before = await readFile(file);
  const failed = run({ INTERNAL_TOKEN, DATABASE_URL: `sqlite:${file}` });
  const [output, [code]] = await Promise.all([text(failed.stderr!), once(failed, 'exit')]);
  expect(code).toBe(1);
  expect(output).toMatch(/^The database was made by a newer Plat \(it has 9999-later[^\n]*\n$/);
  expect(await readFile(file)).toEqual(before);
});
