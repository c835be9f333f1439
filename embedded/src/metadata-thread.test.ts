import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { readConfig } from '@plat/metadata-service/config.ts';
import { openStore } from '@plat/metadata-service/store/open-store.ts';
import { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import { ConfigError } from '@plat/platform-kit/config.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startMetadataThread } from './metadata-thread.ts';

const TOKEN = 'a-secret-of-the-platform';
const BY = { actor: 'tester' };
let folder: string;
beforeEach(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'plat-thread-'))));
afterEach(() => rm(folder, { recursive: true }));

const config = (changes: NodeJS.ProcessEnv = {}) =>
  readConfig({
    METADATA_LISTEN: `unix:${path.join(folder, 'metadata.sock')}`,
    DATABASE_URL: `sqlite:${path.join(folder, 'plat.db')}`,
    INTERNAL_TOKEN: TOKEN,
    LOG_LEVEL: 'silent',
    ...changes,
  });

test('keeps what was acknowledged, answers with the errors of the service, and closes once', async () => {
  const running = await startMetadataThread(config());
  const client = new MetadataClient({ url: running.url, internalToken: TOKEN });
  try {
    await client.createProject({ name: 'shop', ...BY });
    await expect(client.createProject({ name: 'shop', ...BY })).rejects.toMatchObject({ code: 'conflict' });
  } finally {
    await client.close();
    await Promise.all([running.close(), running.close()]);
  }
  const store = await openStore(config().DATABASE_URL);
  expect((await store.listProjects()).map(({ name }) => name)).toContain('shop');
  await store.close();
});

test('a database that cannot be used is told as the service tells it, and no thread is left', async () => {
  const refused = startMetadataThread(config({ DATABASE_URL: 'mysql://nobody' }));
  await expect(refused).rejects.toThrow(ConfigError);
  await expect(refused).rejects.toThrow(/DATABASE_URL: expected sqlite:/);
});

test.each([
  ['returns', 'setImmediate(() => process.exit(0))', 'It ended by itself.'],
  ['fails', 'setImmediate(() => { throw new RangeError("the disk is gone") })', 'the disk is gone'],
])('a thread that %s by itself ends the process, which says so', async (_how, ends, cause) => {
  const thread = `import { parentPort } from 'node:worker_threads';
    parentPort.postMessage({ kind: 'listens', url: 'unix:/none' }); parentPort.once('message', () => {});
    ${ends};`;
  const main = `import { startMetadataThread } from ${JSON.stringify(import.meta.resolve('./metadata-thread.ts'))};
    await startMetadataThread({}, new URL(${JSON.stringify(`data:text/javascript,${encodeURIComponent(thread)}`)}));
    setTimeout(() => process.exit(0), 60_000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', main], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [printed, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(printed).toContain('The thread of the metadata service ended.');
  expect(printed).toContain(cause);
  expect(code).toBe(1);
});
