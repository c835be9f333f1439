import { containersOf } from '@plat/e2e/engine.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import type { Stage } from '../stages/stage.ts';

const WAIT = { intervalMs: 100, timeoutMs: 60_000 };
/** What follows in the platform, as filling a pool or removing a container, is not what is measured. */
const QUIET_MS = 700;

/** Waits until none of the functions has an instance. */
export async function untilGone(stage: Stage, names: readonly string[]): Promise<void> {
  const left = async () =>
    (await Promise.all(names.map((name) => containersOf(stage.namespace, 'default', name)))).flat();
  if (!(await poll(async () => (await left()).length === 0 || undefined, WAIT)))
    throw new Error('The functions did not fall asleep.');
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
}

/** Waits until so many containers wait for a function with this limit of memory, and no pool is being filled any more. */
export async function untilWarm(
  stage: Stage,
  { memoryMb, count }: { memoryMb: number; count: number },
): Promise<void> {
  const isFilled = async () => {
    const answer = await fetch(`${stage.url}/api/pools`, { headers: { Authorization: 'Bearer dev-token' } });
    const { items } = (await answer.json()) as { items: { state: string; memoryMb: number }[] };
    const warm = items.filter(({ state }) => state === 'warm');
    return warm.length === items.length && warm.filter((one) => one.memoryMb === memoryMb).length >= count;
  };
  const isQuiet = async () => {
    if (!(await isFilled())) return undefined;
    // Between two that are filled nothing is on its way either.
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    return (await isFilled()) || undefined;
  };
  if (!(await poll(isQuiet, WAIT))) throw new Error('The pool did not get warm.');
}
