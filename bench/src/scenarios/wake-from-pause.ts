import { docker } from '@plat/e2e/engine.ts';
import { nodeFunction } from '@plat/e2e/function-folder.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { timeCall } from '../cold/time-call.ts';
import type { Scenario } from '../scenario.ts';
import { median } from '../statistics.ts';

const NAME = 'resting';
const WARM_CALLS = 100;
const ADDED_P50_MS = 25;

/** The first call of a function whose instance is paused, against a warm call of the same one. */
export const wakeFromPause: Scenario = {
  name: 'wake from a pause',
  run: async (bench) => {
    const [stage] = await bench.stages();
    const files = nodeFunction(NAME, 'return "ok";', 'scale:\n  pauseAfter: 1s\n');
    const { byPath, containerId } = await bench.deployed(stage!, NAME, files);
    const container = docker.getContainer(containerId);
    const warm: number[] = [];
    for (let i = 0; i < WARM_CALLS; i++) warm.push(await timeCall(byPath));
    const woken: number[] = [];
    const unpaused: number[] = [];
    for (let round = 0; round < bench.repetitions * 3; round++) {
      await paused(container);
      woken.push(await timeCall(byPath));
      await paused(container);
      const begin = performance.now();
      await container.unpause();
      unpaused.push(performance.now() - begin);
      await timeCall(byPath);
    }
    const unit = 'ms a call';
    return {
      rows: [
        { target: 'warm', unit, samples: warm },
        { target: 'from paused', unit, samples: woken },
        { target: 'unpause by the engine alone', unit, samples: unpaused },
      ],
      goals: [{ name: 'from paused: added p50, ms', measured: median(woken) - median(warm), limit: ADDED_P50_MS, sense: 'at most' }],
      skipped: [],
    };
  },
}; // prettier-ignore

async function paused(container: { inspect: () => Promise<{ State: { Paused: boolean } }> }): Promise<void> {
  const isPaused = await poll(async () => (await container.inspect()).State.Paused || undefined, {
    intervalMs: 50,
    timeoutMs: 60_000,
  });
  if (!isPaused) throw new Error('The instance was not paused.');
  // What follows the pause, in the platform, is not what is measured.
  await new Promise((resolve) => setTimeout(resolve, 300));
}
