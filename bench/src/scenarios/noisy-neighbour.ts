import { nodeFunction } from '@plat/e2e/function-folder.ts';
import { openLoop, type OpenSample } from '../load/open-loop.ts';
import type { Scenario } from '../scenario.ts';
import { medianRatio } from '../statistics.ts';

/** Works 5 ms a call, and has half a core. */
const NOISY = nodeFunction(
  'noisy',
  'const end = Date.now() + 5; while (Date.now() < end); return "ok";',
  'cpu: 0.5\nconcurrency: 4\nscale:\n  min: 1\n  max: 1\n',
);
const VICTIM = nodeFunction(
  'victim',
  'await new Promise((r) => setTimeout(r, 20)); return "ok";',
  'scale:\n  min: 1\n  max: 1\n',
);
const LOAD = { perSecond: 100 };
const CONNECTIONS = 32;
const LIMIT = 1.5;

/** What a function's calls take while its neighbour has more to do than it may, against when it has nothing to do. */
export const noisyNeighbour: Scenario = {
  name: 'noisy neighbour',
  run: async (bench) => {
    const [stage] = await bench.stages();
    const { byPath: noisy } = await bench.deployed(stage!, 'noisy', NOISY);
    const { byPath: victim } = await bench.deployed(stage!, 'victim', VICTIM);
    const seconds = bench.seconds * 2;
    const samples = { alone: [] as OpenSample[], beside: [] as OpenSample[] };
    await openLoop(victim, { ...LOAD, seconds: 1 });
    for (let round = 0; round < bench.repetitions; round++) {
      samples.alone.push(await openLoop(victim, { ...LOAD, seconds }));
      const [, beside] = await Promise.all([
        bench.load.run(noisy, { connections: CONNECTIONS, seconds: seconds + 1 }),
        openLoop(victim, { ...LOAD, seconds }),
      ]);
      samples.beside.push(beside);
    }
    const p99 = (way: 'alone' | 'beside') => samples[way].map(({ p99Ms }) => p99Ms);
    const failed = samples.beside.reduce((sum, sample) => sum + sample.failed, 0);
    return {
      rows: (['alone', 'beside'] as const).flatMap((way) => [
        { target: `victim, ${way}`, unit: 'p50 ms', samples: samples[way].map(({ p50Ms }) => p50Ms) },
        { target: `victim, ${way}`, unit: 'p99 ms', samples: p99(way) },
      ]),
      goals: [
        { name: 'noisy neighbour: p99 of the victim, as a part of its own', measured: medianRatio(p99('beside'), p99('alone')), limit: LIMIT, sense: 'at most' },
        { name: 'noisy neighbour: failed calls of the victim', measured: failed, limit: 0, sense: 'at most' },
      ],
      skipped: [],
    };
  },
}; // prettier-ignore
