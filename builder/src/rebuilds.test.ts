import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { poll } from '@plat/platform-kit/waiting.ts';
import { startBuilder, type TestBuilder } from './testing/start-builder.ts';
import { zipOf } from './testing/zip-writer.ts';

let builder: TestBuilder;
beforeEach(async () => {
  builder = await startBuilder();
  const { digest } = await builder.putSource(zipOf({ 'index.js': '1' }));
  builder.metadata.addVersion('fn1', { sourceDigest: digest });
  await builder.metadata.untilState('fn1', 1, 'starting');
  builder.metadata.move('fn1', 1, { from: 'starting', to: 'ready' });
  builder.images.images = [];
});
afterEach(() => builder.close());

/** Asks as the controller does, until the answer is another one than `building`. */
const settled = () =>
  poll(
    async () => {
      const status = await builder.client.rebuild('fn1', 1);
      return status.outcome === 'building' ? undefined : status;
    },
    { intervalMs: 10, timeoutMs: 5000 },
  );

test('an image that is gone is built again from the source, once, and the record names the new one', async () => {
  let go: () => void = () => undefined;
  builder.images.onBuild = () => new Promise((resolve) => (go = resolve));
  const asked = await Promise.all([builder.client.rebuild('fn1', 1), builder.client.rebuild('fn1', 1)]);
  expect(asked).toEqual([{ outcome: 'building' }, { outcome: 'building' }]);
  await poll(async () => (builder.images.running === 1 ? true : undefined), {
    intervalMs: 5,
    timeoutMs: 5000,
  });
  expect(await builder.client.rebuild('fn1', 1)).toEqual({ outcome: 'building' });
  go();
  const version = () => builder.metadata.version('fn1', 1);
  await poll(async () => (version().imageId === 'sha256:image-2' ? true : undefined), {
    intervalMs: 5,
    timeoutMs: 5000,
  });
  expect(version()).toMatchObject({ state: 'ready', imageId: 'sha256:image-2' });
  expect(builder.images.builds).toHaveLength(2);
  const log = await builder.readLog('fn1', 1, false);
  expect(log.map((line) => line.text).join('\n')).toContain('building it again');
});

test('a rebuild that fails says why to all who ask, and is not begun anew each time', async () => {
  await rm(path.join(builder.dataFolder, 'sources'), { recursive: true });
  expect(await settled()).toEqual({
    outcome: 'failed',
    reason: expect.stringContaining('There is no source'),
  });
  expect(await builder.client.rebuild('fn1', 1)).toMatchObject({ outcome: 'failed' });
  expect(builder.metadata.version('fn1', 1)).toMatchObject({ state: 'ready', imageId: 'sha256:image-1' });
});

test('what has no image to be built again is refused', async () => {
  await expect(builder.client.rebuild('nope', 1)).rejects.toMatchObject({ code: 'not_found' });
  builder.metadata.addVersion('fn2', { sourceDigest: `sha256:${'0'.repeat(64)}`, state: 'failed' });
  await builder.metadata.untilState('fn2', 1, 'failed');
  const refused = await poll(
    () =>
      builder.client.rebuild('fn2', 1).then(
        () => undefined,
        (error: { code: string }) => (error.code === 'not_found' ? undefined : error),
      ),
    { intervalMs: 10, timeoutMs: 5000 },
  );
  expect(refused).toMatchObject({ code: 'conflict' });
});
