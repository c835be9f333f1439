import { PlatformError } from '@plat/platform-kit/errors.ts';
import { formatBytes } from '@plat/platform-kit/units.ts';
import { pause } from '@plat/platform-kit/waiting.ts';

/** A step that writes 2 GB/s takes 1 GiB of the default floor between two looks. */
const INTERVAL_MS = 500;

export type DiskSpace = { folder: string; freeBytes: number };

/**
 * The space that builds leave free on the engine's disk. BuildKit has no quota, and the engine does not count what a step
 * has written before the step is over: the disk itself has to be watched.
 */
export type DiskFloor = {
  minFreeBytes: number;
  /** The disk that builds fill; undefined when it cannot be seen from here. Never rejects. */
  read: () => Promise<DiskSpace | undefined>;
};

/** Why a build may not go on, with the steps that were running; undefined while there is room. Pure. */
export function judgeSpace(
  space: DiskSpace | undefined,
  minFreeBytes: number,
  steps: readonly string[],
): PlatformError | undefined {
  if (!space || space.freeBytes >= minFreeBytes) return undefined;
  const what =
    steps.length > 0 ? `The build was stopped at ${steps.join(' and ')}` : 'The build was not begun';
  return new PlatformError(
    'unavailable',
    `${what}: the disk of the Docker engine (${space.folder}) has ${formatBytes(space.freeBytes)} free, ` +
      `and builds leave ${formatBytes(minFreeBytes)} (setting BUILD_MIN_FREE_DISK_MB of the builder). ` +
      'Write less in that step, or free some space (plat gc, docker system df), and deploy again.',
  );
}

/**
 * Runs `build` with a signal that aborts with `options.signal`, or when too little space is left; rejects with
 * `unavailable` then. Too little at the start: `build` is not called.
 */
export async function aboveDiskFloor<T>(
  floor: DiskFloor | undefined,
  options: { signal: AbortSignal; runningSteps: () => string[]; intervalMs?: number },
  build: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal } = options;
  if (!floor) return build(signal);
  const refusal = judgeSpace(await floor.read(), floor.minFreeBytes, []);
  if (refusal) throw refusal;
  signal.throwIfAborted();
  const stop = new AbortController();
  const over = new AbortController();
  const forward = () => stop.abort(signal.reason);
  signal.addEventListener('abort', forward, { once: true });
  void watch(floor, { stop, over: over.signal, ...options });
  try {
    return await build(stop.signal);
  } catch (error) {
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    over.abort();
    signal.removeEventListener('abort', forward);
  }
}

async function watch(
  floor: DiskFloor,
  options: { stop: AbortController; over: AbortSignal; runningSteps: () => string[]; intervalMs?: number },
): Promise<void> {
  const { stop, over } = options;
  for (;;) {
    await pause(options.intervalMs ?? INTERVAL_MS, over);
    if (over.aborted || stop.signal.aborted) return;
    const space = await floor.read();
    const steps = options.runningSteps();
    const reason = judgeSpace(space, floor.minFreeBytes, steps.length > 0 ? steps : ['its end']);
    if (reason && !over.aborted) stop.abort(reason);
  }
}
