import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { BuildStepError } from './image-builder.ts';
import { untilAborted } from './testing/fake-image-builder.ts';
import { startBuilder, type TestBuilder } from './testing/start-builder.ts';
import { zipOf } from './testing/zip-writer.ts';

const HELLO = zipOf({ 'index.js': 'exports.handler = () => 1', 'package.json': '{}', 'src/more.js': '1' });

describe('the builder builds what is pending', () => {
  let builder: TestBuilder;
  afterEach(() => builder.close());

  it('makes an image of an uploaded source and says so in the record', async () => {
    builder = await startBuilder();
    const { digest } = await builder.putSource(HELLO);
    builder.metadata.addVersion('fn1', { sourceDigest: digest });
    const version = await builder.metadata.untilState('fn1', 1, 'starting');
    expect(version).toMatchObject({ imageId: 'sha256:image-1', imageReused: false });
    expect(builder.metadata.transitions).toEqual(['fn1/1 pending→building', 'fn1/1 building→starting']);
    expect(builder.images.builds[0]!.files).toEqual([
      'Dockerfile', 'build', 'deps', 'deps/package.json', 'runtime', 'runtime/main.js',
      'source', 'source/index.js', 'source/package.json', 'source/src', 'source/src/more.js',
    ]); // prettier-ignore
    const { tag, labels } = builder.images.builds[0]!.request;
    expect(tag).toBe(`plat/demo-fn1:${labels['plat.build']!.slice(0, 12)}`);
    expect(labels).toMatchObject({
      'plat.managed': 'true', 'plat.namespace': 'plat', 'plat.function-id': 'fn1',
      'plat.project': 'demo', 'plat.function': 'fn1', 'plat.version': '1',
    }); // prettier-ignore
  });

  it('takes the earlier image when nothing that goes into it changed', async () => {
    builder = await startBuilder();
    const { digest } = await builder.putSource(HELLO);
    builder.metadata.addVersion('fn1', { sourceDigest: digest });
    await builder.metadata.untilState('fn1', 1, 'starting');
    builder.metadata.addVersion('fn1', { sourceDigest: digest });
    const second = await builder.metadata.untilState('fn1', 2, 'starting');
    expect(second).toMatchObject({ imageId: 'sha256:image-1', imageReused: true });
    const lines = await builder.readLog('fn1', 2);
    expect(lines.at(-1)!.text).toMatch(/Nothing that goes into the image has changed/);
  });

  it('builds versions of one function in order and one at a time, and other functions beside them', async () => {
    builder = await startBuilder();
    const { digest } = await builder.putSource(HELLO);
    const other = await builder.putSource(zipOf({ 'index.js': '2' }));
    let most = 0;
    const perFunction = new Map<string, number>();
    builder.images.onBuild = async ({ labels }) => {
      const id = labels['plat.function-id']!;
      perFunction.set(id, (perFunction.get(id) ?? 0) + 1);
      most = Math.max(most, perFunction.get(id)!);
      await new Promise((resolve) => setTimeout(resolve, 30));
      perFunction.set(id, perFunction.get(id)! - 1);
    };
    for (const sourceDigest of [digest, other.digest]) builder.metadata.addVersion('fn1', { sourceDigest });
    builder.metadata.addVersion('fn2', { sourceDigest: digest });
    await Promise.all([
      builder.metadata.untilState('fn1', 2, 'starting'),
      builder.metadata.untilState('fn2', 1, 'starting'),
    ]);
    expect(most).toBe(1);
    expect(builder.images.mostRunning).toBe(2);
    const ofFirst = builder.images.builds.filter(
      ({ request }) => request.labels['plat.function-id'] === 'fn1',
    );
    expect(ofFirst.map(({ request }) => request.labels['plat.version'])).toEqual(['1', '2']);
  });

  it('builds anew what a builder that died left in `building`', async () => {
    builder = await startBuilder();
    const { digest } = await builder.putSource(HELLO);
    builder.metadata.addVersion('fn1', { sourceDigest: digest, state: 'building' });
    await builder.metadata.untilState('fn1', 1, 'starting');
    expect(builder.metadata.transitions[0]).toBe('fn1/1 building→pending');
  });

  it('goes on after a restart in the middle of a build', async () => {
    builder = await startBuilder();
    const { digest } = await builder.putSource(HELLO);
    builder.images.onBuild = (_request, { signal }) => untilAborted(signal);
    builder.metadata.addVersion('fn1', { sourceDigest: digest });
    await builder.metadata.untilState('fn1', 1, 'building');
    builder.images.onBuild = async () => undefined;
    await builder.restart();
    await builder.metadata.untilState('fn1', 1, 'starting');
  });

  it('fails a version with the step, its last lines and a well-known cause', async () => {
    builder = await startBuilder();
    const { digest } = await builder.putSource(HELLO);
    builder.images.onBuild = async (_request, { onLine }) => {
      onLine('deps', 'npm error code E404');
      const tail = [
        ...Array.from({ length: 30 }, (_, i) => `line ${i}`),
        "npm error 404  'nope@^1.0.0' is not in this registry.",
      ];
      throw new BuildStepError({ name: '[deps 3/3] RUN npm install', error: 'exit code: 1', tail });
    };
    builder.metadata.addVersion('fn1', { sourceDigest: digest });
    const { error } = await builder.metadata.untilState('fn1', 1, 'failed');
    expect(error).toMatchObject({ code: 'invalid', phase: 'building' });
    expect(error!.message).toMatch(/there is no package nope@\^1.0.0/);
    expect(error!.logTail).toHaveLength(20);
    const lines = await builder.readLog('fn1', 1);
    expect(lines.map(({ text }) => text)).toContain('npm error code E404');
  });

  it('fails a version whose handler is not in the source', async () => {
    builder = await startBuilder();
    const { digest } = await builder.putSource(HELLO);
    builder.metadata.addVersion('fn1', { sourceDigest: digest, handler: 'main.handler' });
    const { error } = await builder.metadata.untilState('fn1', 1, 'failed');
    expect(error).toMatchObject({ code: 'invalid' });
    expect(error!.message).toMatch(/main\.js, main\.mjs/);
    expect(builder.images.builds).toHaveLength(0);
  });

  it('stops a build that takes too long', async () => {
    builder = await startBuilder({ env: { BUILD_TIMEOUT_SECONDS: '5' } });
    const { digest } = await builder.putSource(HELLO);
    builder.images.onBuild = (_request, { signal }) => untilAborted(signal);
    builder.metadata.addVersion('fn1', { sourceDigest: digest });
    const { error } = await builder.metadata.untilState('fn1', 1, 'failed');
    expect(error!.message).toMatch(/took longer than 5s/);
  });

  it('leaves a version pending while the engine is away, and says so in its log', async () => {
    builder = await startBuilder();
    const { digest } = await builder.putSource(HELLO);
    builder.images.isAway = true;
    builder.metadata.addVersion('fn1', { sourceDigest: digest });
    const log = builder.readLog('fn1', 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(builder.metadata.version('fn1', 1).state).toBe('pending');
    builder.images.isAway = false;
    await builder.metadata.untilState('fn1', 1, 'starting');
    expect((await log)[0]!.text).toMatch(/^Waiting for the engine/);
  });

  it('stops a build that the record says is cancelled, and leaves no files', async () => {
    builder = await startBuilder();
    const { digest } = await builder.putSource(HELLO);
    let sawAbort = false;
    builder.images.onBuild = (_request, { signal }) => untilAborted(signal).finally(() => (sawAbort = true));
    builder.metadata.addVersion('fn1', { sourceDigest: digest });
    await expect.poll(() => builder.images.running).toBe(1);
    const log = builder.readLog('fn1', 1);
    builder.metadata.move('fn1', 1, { from: 'building', to: 'cancelled' });
    expect((await log).at(-1)!.text).toBe('The build was cancelled.');
    expect(sawAbort).toBe(true);
    expect(await readdir(path.join(builder.dataFolder, 'staging'))).toEqual([]);
  });

  it('stops a build when it is told to, before it answers, and does not start it again', async () => {
    builder = await startBuilder();
    const { digest } = await builder.putSource(HELLO);
    builder.images.onBuild = (_request, { signal }) => untilAborted(signal);
    builder.metadata.addVersion('fn1', { sourceDigest: digest });
    await expect.poll(() => builder.images.running).toBe(1);
    await builder.client.cancelBuild('fn1', 1);
    expect(builder.images.running).toBe(0);
    builder.metadata.move('fn1', 1, { from: 'building', to: 'cancelled' });
    builder.images.onBuild = async () => undefined;
    const other = await builder.putSource(zipOf({ 'index.js': '2' }));
    builder.metadata.addVersion('fn1', { sourceDigest: other.digest });
    await builder.metadata.untilState('fn1', 2, 'starting');
    expect(builder.images.builds.map(({ request }) => request.labels['plat.version'])).toEqual(['1', '2']);
    expect(builder.metadata.version('fn1', 1).state).toBe('cancelled');
  });

  it('does nothing when it is told to cancel what is not being built', async () => {
    builder = await startBuilder();
    await expect(builder.client.cancelBuild('nothing', 1)).resolves.toBeUndefined();
  });
});
