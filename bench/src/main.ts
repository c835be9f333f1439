/**
 * `npm run bench`: the warm path through gateway and proxy against the same container directly, in one run, interleaved.
 * Prints a table of medians and ratios, and writes `bench/results/warm-path.json`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { containersOf, docker } from '@plat/e2e/engine.ts';
import { nodeFunction, writeFunction } from '@plat/e2e/function-folder.ts';
import { Platform, REPOSITORY } from '@plat/e2e/platform.ts';
import { measure, median, type Sample, type Target } from './measure.ts';

const REPETITIONS = 5;
const SECONDS = 4;
const CONNECTIONS = [1, 32];

const platform = await Platform.start({ RATE_LIMIT_PER_SECOND: '0' });
try {
  const folder = await writeFunction(
    await platform.workFolder('bench'),
    nodeFunction('bench', 'return "ok";', 'scale:\n  min: 1\n'),
  );
  await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
  const [container] = await containersOf(platform.namespace, 'default', 'bench');
  const info = await docker.getContainer(container!.Id).inspect();
  const address = Object.values(info.NetworkSettings.Networks)[0]!.IPAddress;
  const targets: Target[] = [
    { name: 'container, direct', url: `http://${address}:8080/`, headers: { 'x-plat-request-id': 'bench' } },
    {
      name: 'gateway and proxy',
      url: `${platform.url}/function/bench`,
      headers: { authorization: 'Bearer dev-token' },
    },
    { name: 'own host (edge)', url: `${platform.url}/`, headers: { host: 'default-bench.platform.test' } },
  ];
  const results: Record<string, Record<string, Sample>> = {};
  for (const connections of CONNECTIONS) {
    const samples = new Map<string, Sample[]>(targets.map((target) => [target.name, []]));
    for (const target of targets) await measure(target, { connections, seconds: 1 });
    for (let round = 0; round < REPETITIONS; round++) {
      for (const target of targets)
        samples.get(target.name)!.push(await measure(target, { connections, seconds: SECONDS }));
    }
    const medians = Object.fromEntries([...samples].map(([name, taken]) => [name, median(taken)]));
    results[`${connections} connections`] = medians;
    const direct = medians[targets[0]!.name]!;
    console.log(`\n${connections} connections, ${REPETITIONS} × ${SECONDS} s, medians`);
    console.table(
      Object.fromEntries(
        Object.entries(medians).map(([name, sample]) => [
          name,
          {
            'req/s': Math.round(sample.requestsPerSecond),
            'of direct': Number((sample.requestsPerSecond / direct.requestsPerSecond).toFixed(3)),
            'p50 ms': sample.p50Ms,
            'p99 ms': sample.p99Ms,
            failed: sample.failed,
          },
        ]),
      ),
    );
  }
  const machine = {
    cpus: os.cpus().length,
    model: os.cpus()[0]?.model,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
  };
  const out = path.join(REPOSITORY, 'bench/results');
  await mkdir(out, { recursive: true });
  await writeFile(
    path.join(out, 'warm-path.json'),
    `${JSON.stringify({ at: new Date().toISOString(), machine, results }, null, 2)}\n`,
  );
} finally {
  await platform.remove();
}
