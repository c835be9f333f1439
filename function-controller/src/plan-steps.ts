import type { ErrorCode } from '@plat/platform-kit/errors.ts';

/**
 * What an instance is to the planner. `crashed`: it ended and the engine starts it again; `hung`: it runs but did not
 * become ready in time; `unstarted`: what an interrupted start left; `retiring`: on its way out.
 */
export type ObservedInstance = {
  id: string;
  version: number;
  spec: string;
  status:
    'starting' | 'ready' | 'paused' | 'failed' | 'crashed' | 'exited' | 'hung' | 'unstarted' | 'retiring';
  /** Why it failed or crashed, for a person. */
  reason?: string;
  /** Of one that crashed: it was ready before, and this is its first crash since. */
  recovers?: boolean;
  ageMs: number;
};

/** A version that should run. `candidate`: its readiness decides over the deploy; `serving`: an alias or a call wants it. */
export type DesiredVersion = {
  number: number;
  role: 'candidate' | 'serving';
  count: number;
  spec: string;
  /** False while starts of it are backing off after failures. */
  mayStart: boolean;
  /** Candidates only: the time for getting ready is over. `unwatched`: nobody could tell, the proxy is away. */
  overdue?: 'silent' | 'unwatched';
};

export type Desired = {
  versions: DesiredVersion[];
  /** What is known may be out of date: leave instances of versions that are not in `versions` alone. */
  keepUnknown?: boolean;
};

type StepArgs = {
  startInstance: { version: number };
  resumeInstance: { instanceId: string };
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
 */
export function planSteps(desired: Desired, observed: readonly ObservedInstance[]): Step[] {
  const present = observed.filter(
    (instance) => instance.status !== 'retiring' && instance.status !== 'unstarted',
  );
  const wanted = desired.versions.filter((version) => version.count > 0);
  const steps: Step[] = observed
    .filter((instance) => instance.status === 'unstarted')
    .map((instance) => ({ kind: 'retireInstance', instanceId: instance.id, drain: false }));
  for (const version of wanted) {
    const own = present.filter((instance) => instance.version === version.number);
    steps.push(...(version.role === 'candidate' ? planCandidate(version, own) : planServing(version, own)));
  }
  const numbers = new Set(wanted.map((version) => version.number));
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

function isAlive(instance: ObservedInstance): boolean {
  return instance.status === 'starting' || instance.status === 'ready' || instance.status === 'paused';
}

function planCandidate(version: DesiredVersion, own: readonly ObservedInstance[]): Step[] {
  const broken = own.find(
    (instance) =>
      instance.status === 'failed' || instance.status === 'crashed' || instance.status === 'exited',
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
        code: version.overdue === 'silent' ? 'cold_start_timeout' : 'unreachable',
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
    // A crashed one is the engine's to restart; what failed to load, hangs or was stopped by hand is replaced.
    const useless = instance.status === 'failed' || instance.status === 'hung';
    if (instance.status === 'exited' || (useless && version.mayStart)) {
      steps.push({ kind: 'retireInstance', instanceId: instance.id, drain: false });
    }
  }
  const standing = own.filter((instance) => isAlive(instance) || instance.status === 'crashed');
  const current = standing.filter((instance) => instance.spec === version.spec);
  const outdated = standing.filter((instance) => instance.spec !== version.spec);
  steps.push(...startMissing(version, current.length));
  if (current.filter((instance) => instance.status === 'ready').length >= version.count) {
    for (const instance of outdated)
      steps.push({ kind: 'retireInstance', instanceId: instance.id, drain: true });
  }
  const surplus = [...current].sort((a, b) => rank(a) - rank(b) || b.ageMs - a.ageMs).slice(version.count);
  steps.push(...resumePaused(own.filter((instance) => !surplus.includes(instance))));
  for (const instance of surplus)
    steps.push({ kind: 'retireInstance', instanceId: instance.id, drain: true });
  return steps;
}

const RANKS = ['ready', 'paused', 'starting'];

/** Who stays when there are too many: the sooner it can serve the better, older before younger. */
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
