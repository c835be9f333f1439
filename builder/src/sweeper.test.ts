import { readdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startBuilder, type TestBuilder } from './testing/start-builder.ts';
import { zipOf } from './testing/zip-writer.ts';

const SOON = { settleMs: 20, retryMs: 20, everyMs: 60_000 };

describe('the sweeper', () => {
  let builder: TestBuilder;
  afterEach(() => builder.close());

  const logs = () => readdir(path.join(builder.dataFolder, 'logs'));
  const imageOwners = () => builder.images.images.map(({ functionId }) => functionId);
  const sources = async () =>
    (await readdir(path.join(builder.dataFolder, 'sources'), { recursive: true })).filter(
      (name) => name.length > 60,
    );

  async function deploy(functionId: string, content: string): Promise<string> {
    const { digest } = await builder.putSource(zipOf({ 'index.js': content }));
    const { number } = builder.metadata.addVersion(functionId, { sourceDigest: digest });
    await builder.metadata.untilState(functionId, number, 'starting');
    return digest;
  }

  /** As if it had been uploaded two hours ago. */
  async function age(digest: string): Promise<void> {
    const hex = digest.replace('sha256:', '');
    const then = new Date(Date.now() - 2 * 60 * 60_000);
    await utimes(path.join(builder.dataFolder, 'sources', hex.slice(0, 2), hex), then, then);
  }

  it('removes images and logs of a function that was deleted, and nothing of others', async () => {
    builder = await startBuilder({ deps: { sweepTimes: SOON } });
    await deploy('gone', '1');
    await deploy('stays', '1');
    builder.metadata.deleteFunction('gone');
    await expect.poll(imageOwners).toEqual(['stays']);
    await expect.poll(logs).toEqual(['stays']);
  });

  it('tries again while an image is in use', async () => {
    builder = await startBuilder({ deps: { sweepTimes: SOON } });
    await deploy('gone', '1');
    builder.images.inUse.add('sha256:image-1');
    builder.metadata.deleteFunction('gone');
    await expect.poll(logs).toEqual([]);
    expect(imageOwners()).toEqual(['gone']);
    builder.images.inUse.clear();
    await expect.poll(imageOwners).toEqual([]);
  });

  it('removes old sources that no version names, also not one of history', async () => {
    builder = await startBuilder({ deps: { sweepTimes: SOON } });
    const shared = await deploy('gone', 'shared');
    await deploy('stays', 'shared');
    builder.metadata.move('stays', 1, { from: 'starting', to: 'ready' });
    const own = await deploy('gone', 'own');
    const fresh = await deploy('gone', 'fresh');
    await Promise.all([age(shared), age(own)]);
    builder.metadata.deleteFunction('gone');
    await expect.poll(async () => (await sources()).length).toBe(2);
    const left = (await sources()).map((name) => `sha256:${path.basename(name)}`).sort();
    expect(left).toEqual([shared, fresh].sort());
  });

  async function deployed(count: number): Promise<void> {
    for (let i = 1; i <= count; i++) {
      await deploy('fn1', `version ${i}`);
      builder.metadata.move('fn1', i, { from: 'starting', to: 'ready' });
      builder.metadata.setAlias('fn1', 'live', [i]);
    }
  }
  const imageIds = () => builder.images.images.map(({ imageId }) => imageId);

  it('collects images beyond the versions that are kept: a dry run says which, and a real one removes exactly those', async () => {
    builder = await startBuilder({ env: { KEEP_VERSIONS: '2' } });
    await deployed(4);
    await expect
      .poll(async () => (await builder.client.upkeep.collectGarbage({ dryRun: true })).items)
      .toHaveLength(2);
    const { items: dry } = await builder.client.upkeep.collectGarbage({ dryRun: true });
    expect(imageIds()).toHaveLength(4);
    const { items } = await builder.client.upkeep.collectGarbage({ dryRun: false });
    expect(items).toEqual(dry.map((item) => ({ ...item, outcome: 'removed' })));
    expect(imageIds()).toEqual(['sha256:image-3', 'sha256:image-4']);
    expect(builder.metadata.released).toEqual(['fn1/1', 'fn1/2']);
    expect((await builder.client.upkeep.collectGarbage({ dryRun: false })).items).toEqual([]);
  });

  it('keeps the image of a version that an alias came to name meanwhile', async () => {
    builder = await startBuilder({ env: { KEEP_VERSIONS: '1' } });
    await deployed(2);
    await expect
      .poll(async () => (await builder.client.upkeep.collectGarbage({ dryRun: true })).items)
      .toHaveLength(1);
    // The record knows it; the builder's copy does not yet.
    const fn = builder.metadata.functions.get('fn1')!.record;
    fn.aliases = [{ name: 'old', weights: [{ version: 1, weight: 100 }], updatedAt: '' }];
    const { items } = await builder.client.upkeep.collectGarbage({ dryRun: false });
    expect(items).toMatchObject([{ outcome: 'in_use' }]);
    expect(imageIds()).toHaveLength(2);
  });

  it('says in its checks what is missing of versions that serve', async () => {
    builder = await startBuilder();
    await deployed(1);
    const verdicts = async () =>
      Object.fromEntries(
        (await builder.client.upkeep.checks()).items.map(({ id, verdict }) => [id, verdict]),
      );
    await expect
      .poll(verdicts)
      .toMatchObject({ 'runtimes.loaded': 'ok', 'images.live': 'ok', 'sources.live': 'ok' });
    builder.images.images = [];
    const { items } = await builder.client.upkeep.checks();
    expect(items.find(({ id }) => id === 'images.live')).toMatchObject({
      verdict: 'fail',
      evidence: 'The image is missing of demo/fn1 version 1.',
    });
  });

  it('removes nothing while the record cannot be read', async () => {
    builder = await startBuilder({ deps: { sweepTimes: SOON } });
    await deploy('fn1', '1');
    await builder.metadata.close();
    await builder.restart();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(imageOwners()).toEqual(['fn1']);
    expect(await logs()).toEqual(['fn1']);
  });
});
