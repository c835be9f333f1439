import { nodeFunction } from '@plat/e2e/function-folder.ts';
import { untilGone, untilWarm } from '../cold/asleep.ts';
import { timeCall } from '../cold/time-call.ts';
import type { Target } from '../load/closed-loop.ts';
import type { Scenario } from '../scenario.ts';
import { medianRatio } from '../statistics.ts';

const NAMES = Array.from({ length: 10 }, (_, index) => `ten-${index}`);
const SETTINGS = 'memory: 128MB\nscale:\n  idle: 1s\n';

/** First calls of ten functions at once, against the same one after the other; the pool is full before either. */
export const tenFunctions: Scenario = {
  name: 'ten functions at once',
  run: async (bench) => {
    const [stage] = await bench.stages();
    const targets: Target[] = [];
    for (const name of NAMES)
      targets.push((await bench.deployed(stage!, name, nodeFunction(name, 'return "ok";', SETTINGS))).byPath);
    const serial: number[] = [];
    const slowest: number[] = [];
    const rested = async () => {
      await untilGone(stage!, NAMES);
      await untilWarm(stage!, { memoryMb: 128, count: NAMES.length });
    };
    const atOnce = () => Promise.all(targets.map((target) => timeCall(target)));
    // From the first two times the pool learns how many are wanted at once.
    for (let time = 0; time < 2; time++) {
      await untilGone(stage!, NAMES);
      await atOnce();
    }
    for (let round = 0; round < bench.repetitions; round++) {
      await rested();
      let sum = 0;
      for (const target of targets) sum += await timeCall(target);
      serial.push(sum);
      await rested();
      slowest.push(Math.max(...(await atOnce())));
    }
    return {
      rows: [
        { target: 'one after the other, sum', unit: 'ms', samples: serial },
        { target: 'at once, the slowest', unit: 'ms', samples: slowest },
      ],
      goals: [
        { name: 'ten functions at once: p99 / serial sum', measured: medianRatio(slowest, serial), limit: 0.5, sense: 'at most' },
      ],
      skipped: [],
    };
  },
}; // prettier-ignore
