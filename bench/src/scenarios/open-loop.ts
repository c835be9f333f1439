import { QUICK } from '../functions.ts';
import { openLoop, type OpenSample } from '../load/open-loop.ts';
import type { Finding, Scenario } from '../scenario.ts';
import { medianDifference } from '../statistics.ts';

const LOAD = { perSecond: 1000, seconds: 5 };
const ADDED_P95_MS = 3;

/** A function that takes 100 ms, called 1,000 times a second whether it answers or not. */
export const openLoopAt1000: Scenario = {
  name: 'open loop, 1,000 calls a second of 100 ms',
  run: async (bench) => {
    const finding: Finding = { rows: [], goals: [], skipped: [] };
    for (const stage of await bench.stages()) {
      const { direct, byPath } = await bench.deployed(stage, 'quick', QUICK);
      const samples = { direct: [] as OpenSample[], byPath: [] as OpenSample[] };
      const slow = {
        direct: { ...direct, url: `${direct.url}/slow` },
        byPath: { ...byPath, url: `${byPath.url}/slow` },
      };
      for (const way of ['direct', 'byPath'] as const) await openLoop(slow[way], { ...LOAD, seconds: 1 });
      for (let round = 0; round < Math.min(3, bench.repetitions); round++) {
        for (const way of ['direct', 'byPath'] as const) samples[way].push(await openLoop(slow[way], LOAD));
      }
      for (const way of ['direct', 'byPath'] as const) {
        const target = `${stage.name}: ${way === 'direct' ? 'container, direct' : 'by path'}`;
        finding.rows.push(
          { target, unit: 'p50 ms', samples: samples[way].map(({ p50Ms }) => p50Ms) },
          { target, unit: 'p95 ms', samples: samples[way].map(({ p95Ms }) => p95Ms) },
          { target, unit: 'failed', samples: samples[way].map(({ failed }) => failed) },
        );
      }
      const p95 = (way: 'direct' | 'byPath') => samples[way].map(({ p95Ms }) => p95Ms);
      const failed = samples.byPath.reduce((sum, sample) => sum + sample.failed, 0);
      finding.goals.push(
        { name: `${stage.name}, open loop: added p95, ms`, measured: medianDifference(p95('byPath'), p95('direct')), limit: ADDED_P95_MS, sense: 'at most' },
        { name: `${stage.name}, open loop: failed calls`, measured: failed, limit: 0, sense: 'at most' },
      ); // prettier-ignore
    }
    return finding;
  },
};
