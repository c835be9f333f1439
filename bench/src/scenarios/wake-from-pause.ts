import { containersOf, docker } from '@plat/e2e/engine.ts';
import { nodeFunction, writeFunction } from '@plat/e2e/function-folder.ts';
import type { Platform } from '@plat/e2e/platform.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { percentile } from '../percentile.ts';

const NAME = 'bench-pause';
const WARM_CALLS = 100;

/** Times of single calls through the gateway, in ms. */
export type WakeFromPause = {
  warmP50Ms: number;
  wokenP50Ms: number;
  wokenP95Ms: number;
  /** Goal: at most 25. */
  addedP50Ms: number;
  /** What the engine alone takes to let a container go on. */
  engineUnpauseP50Ms: number;
};

/** The first call of a function whose instance is paused, against a warm call of the same one. */
export async function wakeFromPause(platform: Platform, { rounds = 15 } = {}): Promise<WakeFromPause> {
  const folder = await writeFunction(
    await platform.workFolder(NAME),
    nodeFunction(NAME, 'return "ok";', 'scale:\n  pauseAfter: 1s\n'),
  );
  await platform.platOk(['deploy'], { cwd: folder, timeoutMs: 300_000 });
  const [instance] = await containersOf(platform.namespace, 'default', NAME);
  const container = docker.getContainer(instance!.Id);
  const warm: number[] = [];
  for (let i = 0; i < WARM_CALLS; i++) warm.push(await timeCall(platform));
  const woken: number[] = [];
  const unpaused: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await paused(container);
    woken.push(await timeCall(platform));
    await paused(container);
    const begin = performance.now();
    await container.unpause();
    unpaused.push(performance.now() - begin);
    await timeCall(platform);
  }
  const warmP50Ms = percentile(warm, 50);
  const wokenP50Ms = percentile(woken, 50);
  return {
    warmP50Ms,
    wokenP50Ms,
    wokenP95Ms: percentile(woken, 95),
    addedP50Ms: wokenP50Ms - warmP50Ms,
    engineUnpauseP50Ms: percentile(unpaused, 50),
  };
}

async function timeCall(platform: Platform): Promise<number> {
  const begin = performance.now();
  const { status, text } = await platform.curl(`/function/${NAME}`);
  if (status !== 200) throw new Error(`A call was answered with ${status}: ${text}`);
  return performance.now() - begin;
}

async function paused(container: { inspect: () => Promise<{ State: { Paused: boolean } }> }): Promise<void> {
  const isPaused = await poll(async () => (await container.inspect()).State.Paused || undefined, {
    intervalMs: 50,
    timeoutMs: 60_000,
  });
  if (!isPaused) throw new Error('The instance was not paused.');
  // What follows the pause, in the platform, is not what is measured.
  await new Promise((resolve) => setTimeout(resolve, 300));
}
