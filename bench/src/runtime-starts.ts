/**
 * `npx tsx bench/src/runtime-starts.ts [--rounds <n>] [--against <another runtimes folder>] [<runtime> …]`: how long the template of
 * each runtime takes from the start of its container to the first answer with 200, and its first call then. With `--against`
 * the same of another checkout's runtimes, in turns, and the ratio.
 */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { docker } from '@plat/e2e/engine.ts';
import { writeFunction } from '@plat/e2e/function-folder.ts';
import { REPOSITORY } from '@plat/e2e/platform.ts';
import { runProcess } from '@plat/e2e/run-process.ts';
import { loadRuntimes, type Runtime } from '@plat/platform-kit/runtime-folder.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { writeBuildContext } from '../../runtimes/conformance/build-context.ts';
import { median, medianRatio, percentile } from './statistics.ts';

const PORT = 8080;
const WAIT_MS = 60_000;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '10' }, against: { type: 'string' } },
});
const folders = [path.join(REPOSITORY, 'runtimes'), ...(values.against ? [values.against] : [])];
type Start = { readyMs: number; firstCallMs: number };
type Candidate = { id: string; folder: string; image: string; starts: Start[] };

const work = await mkdtemp(path.join(os.tmpdir(), 'plat-starts-'));
const candidates: Candidate[] = [];
try {
  for (const folder of folders) {
    for (const runtime of await loadRuntimes(folder)) {
      const { id } = runtime.manifest;
      if (positionals.length > 0 && !positionals.includes(id)) continue;
      candidates.push({ id, folder, image: await build(runtime, candidates.length), starts: [] });
    }
  }
  // The first start of an image reads it from the disk.
  for (const { image } of candidates) await start(image);
  for (let round = 0; round < Number(values.rounds); round++)
    for (const { image, starts } of candidates) starts.push(await start(image));
  console.table(
    Object.fromEntries(
      candidates.map(({ id, folder, starts }) => [
        `${id} of ${path.relative(REPOSITORY, folder)}`,
        summary(starts, id),
      ]),
    ),
  );
} finally {
  for (const { image } of candidates) await docker.getImage(image).remove({ force: true });
  await rm(work, { recursive: true, force: true });
}

function summary(starts: readonly Start[], id: string) {
  const ready = starts.map(({ readyMs }) => readyMs);
  const base = candidates.find((other) => other.id === id && other.folder === folders[1]);
  return {
    'to first 200, ms': Math.round(median(ready)),
    p95: Math.round(percentile(ready, 0.95)),
    'first call, ms': Number(median(starts.map(({ firstCallMs }) => firstCallMs)).toFixed(1)),
    ...(base && {
      ratio: Number(
        medianRatio(
          ready,
          base.starts.map(({ readyMs }) => readyMs),
        ).toFixed(2),
      ),
    }),
  };
}

async function build(runtime: Runtime, index: number): Promise<string> {
  const [source, context] = [path.join(work, `source-${index}`), path.join(work, `context-${index}`)];
  const template = path.join(runtime.folder, 'template');
  for (const name of await readdir(template)) {
    const text = await readFile(path.join(template, name), 'utf8');
    await writeFunction(source, { [name]: text.replaceAll('{{name}}', 'started') });
  }
  await writeBuildContext(runtime, source, context);
  const image = `plat-starts-${runtime.manifest.id}:${process.pid}-${index}`;
  const { code, stderr } = await runProcess('docker', ['build', '-q', '-t', image, context], {
    timeoutMs: 300_000,
  });
  if (code !== 0) throw new Error(`${runtime.manifest.id} could not be built: ${stderr}`);
  return image;
}

/** Confined as the platform's instances are. */
async function start(image: string): Promise<Start> {
  const container = await docker.createContainer({
    Image: image,
    User: '65532:65532',
    Env: [`PORT=${PORT}`],
    HostConfig: {
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=64m' },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Init: true,
      Memory: 128 * 1024 ** 2,
      NanoCpus: 1e9,
      PidsLimit: 256,
    },
  });
  try {
    const begin = performance.now();
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const url = `http://${Object.values(NetworkSettings.Networks)[0]!.IPAddress}:${PORT}`;
    const isReady = await poll(
      async (signal) => (await statusOf(`${url}/_plat/ready`, signal)) < 500 || undefined,
      {
        intervalMs: 1,
        timeoutMs: WAIT_MS,
      },
    );
    if (!isReady) throw new Error(`${image} did not get ready.`);
    const readyMs = performance.now() - begin;
    const called = performance.now();
    await statusOf(`${url}/`, AbortSignal.timeout(WAIT_MS));
    return { readyMs, firstCallMs: performance.now() - called };
  } finally {
    await container.remove({ force: true });
  }
}

/** 599 for nobody who answers. */
async function statusOf(url: string, signal: AbortSignal): Promise<number> {
  const answer = await fetch(url, { signal }).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.status ?? 599;
}
