import Docker from 'dockerode';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import { silentLogger } from '@plat/platform-kit/logging.ts';
import { createDockerImageBuilder } from './docker-image-builder.ts';
import type { DiskFloor } from './disk-floor.ts';
import { engineDiskFloor } from './engine-disk.ts';
import { openMemoryLimit } from './memory-limit.ts';
import { startBuilder, TINY_DOCKERFILE, type TestBuilder } from './testing/start-builder.ts';
import { zipOf } from './testing/zip-writer.ts';

const docker = new Docker({ socketPath: '/var/run/docker.sock' });
const namespace = `plat-test-builder-${process.pid}`;
const hasEngine = await docker.ping().then(
  () => true,
  () => false,
);
if (!hasEngine && process.env.PLAT_FORBID_SKIPS === '1')
  throw new Error('No Docker engine answers, and PLAT_FORBID_SKIPS=1.');

const MEMORY_MB = 256;
/** Different in every run, so that BuildKit's cache of an earlier run does not hide anything. */
const RUN_ID = Date.now();

const memory = await openMemoryLimit({
  bytes: MEMORY_MB * 1024 ** 2,
  dockerHost: undefined,
  logger: silentLogger(),
});

async function startReal(
  options: {
    dockerfile?: string;
    timeoutSeconds?: number;
    baseImages?: string[];
    diskFloor?: DiskFloor;
  } = {},
) {
  const { diskFloor } = options;
  const images = createDockerImageBuilder({ docker, dockerHost: undefined, namespace, memory, diskFloor });
  return startBuilder({
    deps: { images },
    dockerfile: options.dockerfile,
    baseImages: options.baseImages,
    env: {
      PLAT_NAMESPACE: namespace,
      BUILD_MEMORY_MB: String(MEMORY_MB),
      BUILD_TIMEOUT_SECONDS: String(options.timeoutSeconds ?? 60),
    },
  });
}

async function deploy(
  builder: TestBuilder,
  functionId: string,
  files: Record<string, string>,
): Promise<number> {
  const { digest } = await builder.putSource(zipOf({ 'index.js': '1', ...files }));
  return builder.metadata.addVersion(functionId, { sourceDigest: digest }).number;
}

async function textOf(builder: TestBuilder, functionId: string, number: number): Promise<string> {
  return (await builder.readLog(functionId, number)).map(({ phase, text }) => `${phase}| ${text}`).join('\n');
}

/** Processes of builds whose command line has `text`, as this host sees them. */
async function processesWith(text: string): Promise<number> {
  const { readdir, readFile } = await import('node:fs/promises');
  let count = 0;
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line.split('\0').join(' ').startsWith(text)) count++;
  }
  return count;
}

describe.skipIf(!hasEngine)('builds by the Docker engine', () => {
  let builder: TestBuilder;
  beforeAll(async () => {
    await docker.getImage('debian:trixie-slim').inspect();
  });
  afterEach(() => builder.close());
  afterAll(async () => {
    const left = await docker.listImages({ filters: { label: [`${LABELS.namespace}=${namespace}`] } });
    for (const image of left) await docker.getImage(image.Id).remove({ force: true });
  });

  it('builds, logs each step, and takes the dependency step from the cache when only the code changed', async () => {
    builder = await startReal();
    const dependencies = { 'package.json': `{"description":"${RUN_ID}"}` };
    const first = await deploy(builder, 'cached', dependencies);
    const { imageId } = await builder.metadata.untilState('cached', first, 'starting');
    const firstLog = await textOf(builder, 'cached', first);
    expect(firstLog).toMatch(/^deps\| \[deps 3\/3\] RUN/m);
    expect(firstLog).not.toMatch(/CACHED \[deps 3\/3\]/);

    const second = await deploy(builder, 'cached', { ...dependencies, 'index.js': `${RUN_ID}` });
    const changed = await builder.metadata.untilState('cached', second, 'starting');
    expect(changed).toMatchObject({ imageReused: false });
    expect(changed.imageId).not.toBe(imageId);
    expect(await textOf(builder, 'cached', second)).toMatch(/^deps\| CACHED \[deps 3\/3\] RUN/m);

    const third = await deploy(builder, 'cached', { ...dependencies, 'index.js': `${RUN_ID}` });
    expect(await builder.metadata.untilState('cached', third, 'starting')).toMatchObject({
      imageId: changed.imageId,
      imageReused: true,
    });
    const info = await docker.getImage(imageId!).inspect();
    expect(info.Config.Labels).toMatchObject({
      [LABELS.managed]: 'true',
      [LABELS.namespace]: namespace,
      [LABELS.functionId]: 'cached',
      [LABELS.version]: '1',
    });
  });

  it('says which step failed and what it printed', async () => {
    builder = await startReal({
      dockerfile: `${TINY_DOCKERFILE}RUN echo ${RUN_ID}; echo out of luck; exit 3\n`,
    });
    const number = await deploy(builder, 'failing', {});
    const { error } = await builder.metadata.untilState('failing', number, 'failed');
    expect(error).toMatchObject({ code: 'invalid', phase: 'building' });
    expect(error!.message).toMatch(/RUN echo .* failed with exit code 3/);
    expect(error!.logTail).toEqual([String(RUN_ID), 'out of luck']);
    expect(await textOf(builder, 'failing', number)).toMatch(/^image\| out of luck$/m);
  });

  it('really stops a build that is cancelled', async () => {
    const mark = `sleep 7${String(RUN_ID).slice(-6)}`;
    builder = await startReal({ dockerfile: `FROM debian:trixie-slim\nRUN exec ${mark}\n` });
    const number = await deploy(builder, 'cancelled', {});
    await expect.poll(() => processesWith(mark), { timeout: 10_000 }).toBe(1);
    await builder.client.cancelBuild('cancelled', number);
    builder.metadata.move('cancelled', number, { from: 'building', to: 'cancelled' });
    await expect.poll(() => processesWith(mark), { timeout: 5000 }).toBe(0);
  });

  it('really stops a build that takes too long', async () => {
    const mark = `sleep 8${String(RUN_ID).slice(-6)}`;
    builder = await startReal({
      dockerfile: `FROM debian:trixie-slim\nRUN exec ${mark}\n`,
      timeoutSeconds: 5,
    });
    const number = await deploy(builder, 'slow', {});
    const { error } = await builder.metadata.untilState('slow', number, 'failed');
    expect(error!.message).toMatch(/took longer than 5s/);
    await expect.poll(() => processesWith(mark), { timeout: 5000 }).toBe(0);
  });

  it('stops a build that fills the disk with many files, and the space comes back', async () => {
    const mark = `sleep 6${String(RUN_ID).slice(-6)}`;
    const disk = { docker, dockerHost: undefined };
    const free = async () => (await engineDiskFloor({ ...disk, minFreeBytes: 1 })!.read())!.freeBytes;
    const minFreeBytes = (await free()) - 400 * 1024 ** 2;
    const write = 'for i in $(seq 24); do dd if=/dev/zero of=/fill$i bs=1M count=50 status=none; done';
    builder = await startReal({
      dockerfile: `FROM debian:trixie-slim\nRUN ${write}; exec ${mark}\n`,
      diskFloor: engineDiskFloor({ ...disk, minFreeBytes }),
    });
    const number = await deploy(builder, 'filling', {});
    const { error } = await builder.metadata.untilState('filling', number, 'failed');
    expect(error).toMatchObject({ code: 'unavailable', phase: 'building' });
    expect(error!.message).toMatch(/stopped at \[2\/2\] RUN for i in .*BUILD_MIN_FREE_DISK_MB/);
    await expect
      .poll(free, { timeout: 20_000, interval: 200 })
      .toBeGreaterThan(minFreeBytes + 100 * 1024 ** 2);
    expect(await processesWith(mark)).toBe(0);
    const label = [`${LABELS.namespace}=${namespace}`, `${LABELS.functionId}=filling`];
    expect(await docker.listImages({ filters: { label } })).toEqual([]);
  });

  it('ends a build step that allocates more than BUILD_MEMORY_MB', async () => {
    const allocate = 'python3 -c "b = bytearray(400 * 1024 * 1024); print(len(b))"';
    builder = await startReal({ dockerfile: `FROM python:3.13-slim-trixie\nRUN : ${RUN_ID}; ${allocate}\n` });
    const number = await deploy(builder, 'hungry', {});
    const { error } = await builder.metadata.untilState('hungry', number, 'failed');
    expect(error!.message).toMatch(/ran out of memory: a build step may use 256 MiB/);
  });

  it.skipIf(!memory.isPerStep)(
    'ends a build step whose processes allocate more than BUILD_MEMORY_MB together',
    async () => {
      const one = `python3 -c "b = b'x' * 150 * 1024 * 1024; import time; time.sleep(3)"`;
      const all = `for i in 1 2 3 4; do ${one} & pids="$pids $!"; done; for p in $pids; do wait $p || exit 137; done`;
      builder = await startReal({
        dockerfile: `FROM python:3.13-slim-trixie\nRUN : ${RUN_ID}; sleep 0.3; ${all}\n`,
      });
      const number = await deploy(builder, 'herd', {});
      const { error } = await builder.metadata.untilState('herd', number, 'failed');
      expect(error!.message).toMatch(/ran out of memory/);
    },
  );

  it('says plainly that a base image cannot be had', async () => {
    builder = await startReal({ baseImages: ['127.0.0.1:9/plat-test/none:1'] });
    const number = await deploy(builder, 'baseless', {});
    const { error } = await builder.metadata.untilState('baseless', number, 'failed');
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(error!.message).toMatch(/base image 127\.0\.0\.1:9\/plat-test\/none:1 cannot be pulled/);
  });

  it('builds different functions side by side', async () => {
    const mark = `sleep 5${String(RUN_ID).slice(-6)}`;
    const dockerfile = `FROM debian:trixie-slim\nCOPY source/ /app/\nRUN exec ${mark}\n`;
    builder = await startReal({ dockerfile });
    await Promise.all([
      deploy(builder, 'left', { a: `${RUN_ID}` }),
      deploy(builder, 'right', { b: `${RUN_ID}` }),
    ]);
    await expect.poll(() => processesWith(mark), { timeout: 20_000 }).toBe(2);
  });

  it('removes the images of a function that was deleted', async () => {
    builder = await startReal();
    const number = await deploy(builder, 'deleted', { a: `deleted ${RUN_ID}` });
    const { imageId } = await builder.metadata.untilState('deleted', number, 'starting');
    builder.metadata.deleteFunction('deleted');
    const exists = () =>
      docker
        .getImage(imageId!)
        .inspect()
        .then(
          () => true,
          () => false,
        );
    await expect.poll(exists, { timeout: 15_000 }).toBe(false);
  });
});
