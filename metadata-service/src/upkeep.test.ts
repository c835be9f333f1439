import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Running } from '@plat/platform-kit/http-server.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { start } from './start.ts';
import { BY, HELLO, digest, sampleExecution, sampleVersion } from './store/sample-records.ts';

const INTERNAL_TOKEN = 'internal-token-of-a-test';

describe('the upkeep of the metadata service', () => {
  let folder: string;
  let running: Running;
  let client: MetadataClient;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'plat-meta-'));
    const config = readConfig({
      METADATA_LISTEN: `unix:${folder}/metadata.sock`,
      DATABASE_URL: `sqlite:${folder}/plat.db`,
      INTERNAL_TOKEN,
      EXECUTIONS_KEEP_DAYS: '30',
    });
    const retention = { firstRunMs: 600_000, intervalMs: 600_000 };
    running = await start(config, { logger: silentLogger(), retention });
    client = new MetadataClient({ url: running.url, internalToken: INTERNAL_TOKEN });
  });
  afterEach(async () => {
    await client.close();
    await running.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('its checks say that the database answers and how much room it has', async () => {
    const { items } = await client.upkeep.checks();
    expect(items.map(({ id }) => id)).toEqual(['database.answers', 'database.disk']);
    expect(items[0]).toMatchObject({ component: 'metadata-service', verdict: 'ok' });
    expect(items[0]!.evidence).toMatch(/^sqlite lists 1 project\(s\) in \d+ ms\.$/);
    expect(items[1]!.evidence).toContain(folder);
  });

  test('old executions are listed by a dry run, and deleted only by a real one', async () => {
    const old = new Date(Date.now() - 40 * 86_400_000).toISOString();
    await client.recordExecutions([
      sampleExecution({ id: 'old', startedAt: old }),
      sampleExecution({ id: 'new', startedAt: new Date().toISOString() }),
    ]);
    const { items } = await client.upkeep.collectGarbage({ dryRun: true });
    expect(items).toEqual([
      { component: 'metadata-service', kind: 'executions', id: 'old', name: 'old', why: 'older than 30 days', bytes: null, count: 1, outcome: 'found' },
    ]); // prettier-ignore
    expect((await client.listExecutions({})).items).toHaveLength(2);
    expect((await client.upkeep.collectGarbage({ dryRun: false })).items).toMatchObject([
      { outcome: 'removed' },
    ]);
    expect((await client.listExecutions({})).items.map(({ id }) => id)).toEqual(['new']);
    expect((await client.upkeep.collectGarbage({ dryRun: false })).items).toEqual([]);
  });

  test('the image of a version is released through the client, and a wrong digest is refused', async () => {
    const { functionId } = await client.createVersion(HELLO.project, HELLO.name, sampleVersion());
    await expect(client.releaseImage(functionId, 1, { imageId: 'nope', ...BY })).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(client.releaseImage(functionId, 1, { imageId: digest('b'), ...BY })).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});
