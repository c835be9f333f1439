import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
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
