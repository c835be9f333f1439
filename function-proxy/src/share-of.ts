/** A look at an instance: the CPU time that it has used, when its calls had taken `busyMs` altogether. */
export type UsageLook = { busyMs: number; cpuMs: number };

/** A call on an instance: how long the instance's calls had taken altogether when it began and ended, and it itself. */
export type BusySpan = { fromBusyMs: number; toBusyMs: number; ownMs: number };

/** Others that took less than this of the same time do not count. */
const ALONE_MS = 1;

/**
 * A call's part of what its instance used: between two looks every call uses as much as every other one that lasts as
 * long. `cpuMs` is null when nobody had looked before it began. `isShared`: between the looks around it there were others.
 */
export function shareOf(
  { fromBusyMs, toBusyMs, ownMs }: BusySpan,
  looks: readonly UsageLook[],
): { cpuMs: number | null; isShared: boolean } {
  const before = looks.findLast(({ busyMs }) => busyMs <= fromBusyMs);
  const after = looks.find(({ busyMs }) => busyMs >= toBusyMs) ?? looks.at(-1);
  const spanMs = toBusyMs - fromBusyMs;
  if (!before || !after || before === after || spanMs <= 0)
    return { cpuMs: null, isShared: spanMs > ownMs + ALONE_MS };
  const usedMs = Math.max(0, cpuAt(toBusyMs, looks) - cpuAt(fromBusyMs, looks));
  const part = Math.min(1, ownMs / spanMs);
  return {
    cpuMs: Math.round(usedMs * part * 1000) / 1000,
    isShared: after.busyMs - before.busyMs > ownMs + ALONE_MS,
  };
}

/** Between two looks as much for each millisecond of a call. */
function cpuAt(busyMs: number, looks: readonly UsageLook[]): number {
  const i = looks.findIndex((look) => look.busyMs >= busyMs);
  const next = looks[i] ?? looks.at(-1)!;
  const previous = looks[i - 1];
  if (!previous) return next.cpuMs;
  const part = (busyMs - previous.busyMs) / (next.busyMs - previous.busyMs);
  return previous.cpuMs + (next.cpuMs - previous.cpuMs) * part;
}
