import { containersOf } from '@plat/e2e/engine.ts';
import { nodeFunction } from '@plat/e2e/function-folder.ts';
import { untilGone, untilWarm } from '../cold/asleep.ts';
import { timeCall } from '../cold/time-call.ts';
import type { Scenario } from '../scenario.ts';
import { median, percentile } from '../statistics.ts';

const NAME = 'crowd';
const CALLS = 50;
const CONCURRENCY = 20;
const FILES = nodeFunction(
  NAME,
  'return "ok";',
  `memory: 128MB\nconcurrency: ${CONCURRENCY}\nscale:\n  idle: 1s\n`,
);

/** Fifty calls at once of a function that has no instance, against one. */
export const firstCalls: Scenario = {
  name: 'first calls at once',
  run: async (bench) => {
    const [stage] = await bench.stages();
    const { byPath } = await bench.deployed(stage!, NAME, FILES);
    const alone: number[] = [];
    const crowded: number[] = [];
    const warm: number[] = [];
    const started: number[] = [];
    const rested = async () => {
      await untilGone(stage!, [NAME]);
      // As many as it had use for the last times.
      await untilWarm(stage!, { memoryMb: 128, count: 1 });
    };
    const atOnce = () => Promise.all(Array.from({ length: CALLS }, () => timeCall(byPath)));
    // From the first two times the pool learns how many are wanted at once.
    for (let time = 0; time < 2; time++) {
      await untilGone(stage!, [NAME]);
      await atOnce();
    }
    for (let round = 0; round < bench.repetitions; round++) {
      await rested();
      alone.push(await timeCall(byPath));
      await rested();
      const times = await atOnce();
      started.push((await containersOf(stage!.namespace, 'default', NAME)).length);
      crowded.push(percentile(times, 0.99));
      warm.push(percentile(await atOnce(), 0.99));
    }
    const unit = 'ms';
    return {
      rows: [
        { target: 'one first call', unit, samples: alone },
        { target: `${CALLS} first calls, p99`, unit, samples: crowded },
        { target: `${CALLS} calls of what is awake, p99`, unit, samples: warm },
        { target: `${CALLS} first calls, instances`, unit: 'instances', samples: started },
      ],
      goals: [
        { name: `${CALLS} first calls: instances, concurrency ${CONCURRENCY}`, measured: Math.max(...started), limit: Math.ceil(CALLS / CONCURRENCY), sense: 'at most' },
        { name: `${CALLS} first calls: p99 / p50 of one`, measured: median(crowded) / median(alone), limit: 1.5, sense: 'at most' },
      ],
      skipped: [],
    };
  },
}; // prettier-ignore
