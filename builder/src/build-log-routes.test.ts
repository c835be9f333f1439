import { afterEach, describe, expect, it } from 'vitest';
import { startBuilder, type TestBuilder } from './testing/start-builder.ts';
import { zipOf } from './testing/zip-writer.ts';

describe('the log of a build', () => {
  let builder: TestBuilder;
  afterEach(() => builder.close());

  it('reaches readers that came before, during and after the build, whole and in order', async () => {
    builder = await startBuilder({ env: { BUILD_CONCURRENCY: '1' } });
    let proceed: () => void = () => undefined;
    builder.images.onBuild = async (_request, { onLine }) => {
      onLine('deps', 'first');
      await new Promise<void>((resolve) => (proceed = resolve));
      onLine('deps', 'second');
    };
    const { digest } = await builder.putSource(zipOf({ 'index.js': '1' }));
    builder.metadata.addVersion('other', { sourceDigest: digest });
    await expect.poll(() => builder.images.running).toBe(1);
    builder.metadata.addVersion('fn1', { sourceDigest: digest });
    const before = builder.readLog('fn1', 1);
    proceed();
    await builder.metadata.untilState('fn1', 1, 'building');
    await expect.poll(() => builder.images.builds.length).toBe(2);
    const during = builder.readLog('fn1', 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    proceed();
    await builder.metadata.untilState('fn1', 1, 'starting');
    const after = await builder.readLog('fn1', 1);
    const texts = after.map(({ text }) => text);
    expect(texts.slice(1, 3)).toEqual(['first', 'second']);
    expect(await before).toEqual(after);
    expect(await during).toEqual(after);
  });

  it('reaches a reader that asks before the builder has heard of the version', async () => {
    builder = await startBuilder();
    const { digest } = await builder.putSource(zipOf({ 'index.js': '1' }));
    const log = builder.readLog('fn1', 1);
    builder.metadata.addVersion('fn1', { sourceDigest: digest });
    expect((await log).length).toBeGreaterThan(0);
  });

  it('ends when a version that waits is cancelled, and is empty without a build', async () => {
    builder = await startBuilder({ env: { BUILD_CONCURRENCY: '1' } });
    builder.images.isAway = true;
    const { digest } = await builder.putSource(zipOf({ 'index.js': '1' }));
    builder.metadata.addVersion('fn1', { sourceDigest: digest });
    const log = builder.readLog('fn1', 1);
    builder.metadata.move('fn1', 1, { from: 'pending', to: 'cancelled' });
    expect((await log).every(({ phase }) => phase === 'engine')).toBe(true);
    expect(await builder.readLog('nobody', 1, false)).toEqual([]);
  });

  it('survives a restart of the builder', async () => {
    builder = await startBuilder();
    const { digest } = await builder.putSource(zipOf({ 'index.js': '1' }));
    builder.metadata.addVersion('fn1', { sourceDigest: digest });
    await builder.metadata.untilState('fn1', 1, 'starting');
    const log = await builder.readLog('fn1', 1);
    await builder.restart();
    expect(await builder.readLog('fn1', 1)).toEqual(log);
    expect(await builder.readLog('fn1', 1, false)).toEqual(log);
  });

  it('has no credentials of a package index in it', async () => {
    const env = { BUILD_PIP_INDEX_URL: 'https://me:hunter2%21@pypi.test/simple' };
    builder = await startBuilder({ env });
    builder.images.onBuild = async (_request, { onLine }) => {
      onLine('deps', 'Looking in indexes: https://me:hunter2%21@pypi.test/simple');
      onLine('deps', 'password is hunter2!');
    };
    const { digest } = await builder.putSource(zipOf({ 'index.js': '1' }));
    builder.metadata.addVersion('fn1', { sourceDigest: digest });
    const text = JSON.stringify(await builder.readLog('fn1', 1));
    expect(text).toContain('https://***@pypi.test/simple');
    expect(text).not.toMatch(/hunter2/);
  });
});
