import type { ErrorCode } from '@plat/platform-kit/errors.ts';

/**
 * What an instance is to the planner. `paused` and `stopped` ones rest: they serve again once they are resumed. `crashed`: it ended and the engine starts it again; `hung`: it runs but did not
 * become ready in time; `unstarted`: what an interrupted start left; `retiring`: on its way out.
 */
export type ObservedInstance = {
  id: string;
  version: number;
  spec: string;
  status:
    | 'starting'
    | 'ready'
    | 'paused'
    | 'stopped'
    | 'failed'
    | 'crashed'
    | 'exited'
    | 'hung'
    | 'unstarted'
    | 'retiring';
  /** Why it failed or crashed, for a person. */
  reason?: string;
  /** Of one that crashed: it was ready before, and this is its first crash since. */
  recovers?: boolean;
  ageMs: number;
  /** Of one that rests: for how long. */
  restedMs?: number;
  /** It came from a pool: stopped, it could not go on. */
  fromPool?: boolean;
};

/** What becomes of instances that are not needed: how they rest first, and after how long of it they go further down. */
export type RestPolicy = { how: 'pause' | 'stop'; stopAfterMs: number; removeAfterMs: number };

/** A version that should run. `candidate`: its readiness decides over the deploy; `serving`: an alias or a call wants it. */
export type DesiredVersion = {
  number: number;
  role: 'candidate' | 'serving';
  count: number;
  spec: string;
  /** False while starts of it are backing off after failures. */
  mayStart: boolean;
  /** Without it what is not needed is retired at once. */
  rest?: RestPolicy;
  /** Candidates only: the time for getting ready is over. `unwatched`: nobody could tell, the proxy is away; `crowded`: there was no room for it. */
  overdue?: 'silent' | 'unwatched' | 'crowded';
};

export type Desired = {
  versions: DesiredVersion[];
  /** What is known may be out of date: leave instances of versions that are not in `versions` alone. */
  keepUnknown?: boolean;
};

type StepArgs = {
  startInstance: { version: number };
  resumeInstance: { instanceId: string };
  /** Only if it has no call: then it leaves the routing index, and is paused or stopped. */
  restInstance: { instanceId: string; version: number; how: 'pause' | 'stop' };
  /** With `drain`, calls in flight may end first. */
  retireInstance: { instanceId: string; drain: boolean };
  markReady: { version: number };
  markFailed: { version: number; code: ErrorCode; reason: string; instanceId: string | null };
};
export type StepKind = keyof StepArgs;
export type Step = { [K in StepKind]: { kind: K } & StepArgs[K] }[StepKind];
export type Executors = { [K in StepKind]: (args: StepArgs[K]) => Promise<void> };

const OVERDUE = {
  silent:
    'It did not become ready in time: nothing answered on $PORT. Does it listen there, on all addresses?',
  unwatched: 'Nobody could tell in time whether it is ready: the function-proxy does not answer.',
  crowded: 'There was no room for it on the host in time: running instances have all that they may take (docs/scaling.md).',
} as const; // prettier-ignore
const OVERDUE_CODES = {
  silent: 'cold_start_timeout',
  unwatched: 'unreachable',
  crowded: 'unavailable',
} as const;

/**
 * Decides, from what should be and what is, what to do next. Pure; called again after every change, so it plans only
 * what is right now and never remembers.
 *
 * INVARIANTS
 * 1. Instances of a version nobody wants are retired only once every wanted serving version has a ready instance with
 *    its present spec: the edge may send calls to the old ones until it knows of those.
 * 2. A candidate is marked once: ready with `count` ready instances, failed with the first that crashed or failed.
 * 3. An instance with an outdated spec is retired only after enough instances with the right one are ready.
 * 4. What an interrupted start left is nobody's: it neither counts nor decides over a deploy, and goes at once.
 * 5. An instance from a pool is never stopped, but retired.
 * 6. While a version is in use at most one instance that serves is given up at a time.
 */
export function planSteps(desired: Desired, observed: readonly ObservedInstance[]): Step[] {
  const present = observed.filter(
    (instance) => instance.status !== 'retiring' && instance.status !== 'unstarted',
  );
  const kept = desired.versions.filter((version) => version.count > 0 || version.rest);
  const wanted = kept.filter((version) => version.count > 0);
  const steps: Step[] = observed
    .filter((instance) => instance.status === 'unstarted')
    .map((instance) => ({ kind: 'retireInstance', instanceId: instance.id, drain: false }));
  for (const version of kept) {
    const own = present.filter((instance) => instance.version === version.number);
    steps.push(...(version.role === 'candidate' ? planCandidate(version, own) : planServing(version, own)));
  }
  const numbers = new Set(kept.map((version) => version.number));
  const known = new Set(desired.versions.map((version) => version.number));
  const covered = wanted.every(
    (version) =>
      version.role === 'candidate' ||
      present.some(
        (instance) =>
          instance.version === version.number &&
          instance.status === 'ready' &&
          instance.spec === version.spec,
      ),
  );
  for (const instance of present) {
    if (numbers.has(instance.version)) continue;
    if (desired.keepUnknown && !known.has(instance.version)) continue;
    const useful = isAlive(instance);
    if (covered || !useful) steps.push({ kind: 'retireInstance', instanceId: instance.id, drain: useful });
  }
  return steps;
}

function isUp(instance: ObservedInstance): boolean {
  return instance.status === 'starting' || instance.status === 'ready';
}

function isResting(instance: ObservedInstance): boolean {
  return instance.status === 'paused' || instance.status === 'stopped';
}

function isAlive(instance: ObservedInstance): boolean {
  return isUp(instance) || isResting(instance);
}

function planCandidate(version: DesiredVersion, own: readonly ObservedInstance[]): Step[] {
  const broken = own.find(
    (instance) =>
      instance.status === 'failed' ||
      instance.status === 'crashed' ||
      instance.status === 'exited' ||
      instance.status === 'stopped',
  );
  if (broken) {
    const reason = broken.reason ?? 'The instance ended before it was ready.';
    return [
      { kind: 'markFailed', version: version.number, code: 'function_failed', reason, instanceId: broken.id },
    ];
  }
  const ready = own.filter((instance) => instance.status === 'ready');
  if (ready.length >= version.count) return [{ kind: 'markReady', version: version.number }];
  if (version.overdue) {
    return [
      {
        kind: 'markFailed',
        version: version.number,
        code: OVERDUE_CODES[version.overdue],
        reason: OVERDUE[version.overdue],
        instanceId: own[0]?.id ?? null,
      },
    ];
  }
  return [...resumePaused(own), ...startMissing(version, own.length)];
}

function planServing(version: DesiredVersion, own: readonly ObservedInstance[]): Step[] {
  const steps: Step[] = [];
  for (const instance of own) {
    // A crashed one is the engine's to restart; what failed to load, hangs or cannot run any more is replaced.
    const useless = instance.status === 'failed' || instance.status === 'hung';
    if (instance.status === 'exited' || (useless && version.mayStart)) {
      steps.push({ kind: 'retireInstance', instanceId: instance.id, drain: false });
    }
  }
  const standing = own.filter((instance) => isAlive(instance) || instance.status === 'crashed');
  const current = standing.filter((instance) => instance.spec === version.spec);
  const outdated = standing.filter((instance) => instance.spec !== version.spec);
  const up = current.filter((instance) => !isResting(instance));
  const resting = current.filter(isResting).sort(bySoonest);
  const resumed = resting.slice(0, Math.max(0, version.count - up.length));
  steps.push(...resumed.map(({ id }) => ({ kind: 'resumeInstance' as const, instanceId: id })));
  steps.push(...startMissing(version, up.length + resumed.length));
  if (current.filter((instance) => instance.status === 'ready').length >= version.count) {
    for (const instance of outdated)
      steps.push({ kind: 'retireInstance', instanceId: instance.id, drain: true });
  }
  steps.push(...giveUp(version, [...up].sort(bySoonest).slice(version.count)));
  for (const instance of resting) if (!resumed.includes(instance)) steps.push(...goDown(version, instance));
  return steps;
}

/** What becomes of the instances that serve and are too many. */
function giveUp({ count, number, rest }: DesiredVersion, surplus: readonly ObservedInstance[]): Step[] {
  const serving = surplus.filter((instance) => instance.status === 'ready');
  const others = surplus.filter((instance) => instance.status !== 'ready');
  return [
    ...serving
      .slice(count > 0 ? -1 : 0)
      .map(({ id, fromPool }): Step =>
        rest && !(rest.how === 'stop' && fromPool)
          ? { kind: 'restInstance', instanceId: id, version: number, how: rest.how }
          : { kind: 'retireInstance', instanceId: id, drain: true },
      ),
    ...others.map(({ id }): Step => ({ kind: 'retireInstance', instanceId: id, drain: true })),
  ];
}

/** The next rung for one that rests and is not needed. */
function goDown(
  { number, rest }: DesiredVersion,
  { id, status, fromPool, restedMs = 0 }: ObservedInstance,
): Step[] {
  const isStopDue = rest !== undefined && status === 'paused' && restedMs >= rest.stopAfterMs;
  if (!rest || restedMs >= rest.removeAfterMs || (isStopDue && fromPool))
    return [{ kind: 'retireInstance', instanceId: id, drain: true }];
  return isStopDue ? [{ kind: 'restInstance', instanceId: id, version: number, how: 'stop' }] : [];
}

const RANKS = ['ready', 'paused', 'starting', 'stopped'];

/** Who stays when there are too many, and who is resumed first: the sooner it can serve the better, older before younger. */
function bySoonest(a: ObservedInstance, b: ObservedInstance): number {
  return rank(a) - rank(b) || b.ageMs - a.ageMs;
}

function rank(instance: ObservedInstance): number {
  const at = RANKS.indexOf(instance.status);
  return at < 0 ? RANKS.length : at;
}

function resumePaused(own: readonly ObservedInstance[]): Step[] {
  return own
    .filter((instance) => instance.status === 'paused')
    .map((instance) => ({ kind: 'resumeInstance', instanceId: instance.id }));
}

function startMissing(version: DesiredVersion, present: number): Step[] {
  if (!version.mayStart) return [];
  return Array.from({ length: Math.max(0, version.count - present) }, () => ({
    kind: 'startInstance',
    version: version.number,
  }));
}
