import { containersOf, docker } from '@plat/e2e/engine.ts';
import { nodeFunction } from '@plat/e2e/function-folder.ts';
import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import { dockerRunToFirst200 } from '../cold/docker-run.ts';
import { timeCall } from '../cold/time-call.ts';
import { untilGone, untilWarm } from '../cold/asleep.ts';
import type { Scenario } from '../scenario.ts';
import { median, percentile } from '../statistics.ts';

const SETTINGS = 'memory: 128MB\nscale:\n  idle: 1s\n';
const POOLED = nodeFunction('from-pool', 'return "ok";', SETTINGS);
/** A variable that counts only when the process starts keeps a function from pools, as dependencies do. */
const IMAGED = nodeFunction('from-image', 'return "ok";', `${SETTINGS}env:\n  TZ: UTC\n`);

/** The first call of a function that has no instance, against `docker run` of the same image. */
export const coldStart: Scenario = {
  name: 'cold start',
  run: async (bench) => {
    const [stage] = await bench.stages();
    const pooled = await bench.deployed(stage!, 'from-pool', POOLED);
    const imaged = await bench.deployed(stage!, 'from-image', IMAGED);
    const { Image, HostConfig } = await docker.getContainer(imaged.containerId).inspect();
    // The first cold start of all fills the pool.
    await untilGone(stage!, ['from-pool', 'from-image']);
    await timeCall(pooled.byPath);
    const samples = { pool: [] as number[], image: [] as number[], run: [] as number[] };
    for (let round = 0; round < bench.repetitions * (bench.isShort ? 2 : 4); round++) {
      await untilWarm(stage!, { memoryMb: 128, count: 1 });
      await untilGone(stage!, ['from-pool', 'from-image']);
      samples.pool.push(await timeCall(pooled.byPath));
      const [instance] = await containersOf(stage!.namespace, 'default', 'from-pool');
      if (instance?.Labels[LABELS.pool] === undefined) throw new Error('The instance did not come from the pool.');
      await untilGone(stage!, ['from-pool']);
      samples.run.push(await dockerRunToFirst200(Image, HostConfig.NetworkMode!));
      samples.image.push(await timeCall(imaged.byPath));
    }
    const { pool, image, run } = samples;
    const unit = 'ms to the first 200';
    return {
      rows: [
        { target: 'through the pool', unit, samples: pool },
        { target: 'from the image', unit, samples: image },
        { target: 'docker run', unit, samples: run },
      ],
      goals: [
        { name: 'cold through the pool: p50 / docker run', measured: median(pool) / median(run), limit: 0.15, sense: 'at most' },
        { name: 'cold through the pool: p99 / p50 of docker run', measured: percentile(pool, 0.99) / median(run), limit: 0.3, sense: 'at most' },
        { name: 'cold from the image: p50 / docker run', measured: median(image) / median(run), limit: 1.2, sense: 'at most' },
      ],
      skipped: [],
    };
  },
}; // prettier-ignore
