import type { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { allDone } from '@plat/platform-kit/waiting.ts';
import { createExecutors, startId, type ExecutorDeps } from './create-executors.ts';
import type { HostBudget } from './budget/host-budget.ts';
import { desiredState, untilRestMs, type VersionUse } from './desired-state.ts';
import type { EmptyFunctions } from './empty-functions.ts';
import type { InstanceHistory } from './instance-history.ts';
import type { EdgeSettings } from './edge-labels.ts';
import { instanceSpec, specHash, type InstanceLimits } from './instance-spec.ts';
import type { LoadHistory } from './load-history.ts';
import { noteOutcomes } from './note-outcomes.ts';
import { observe, type Observation } from './observe.ts';
import { planSteps, type Desired, type Executors, type ObservedInstance, type Step } from './plan-steps.ts';
import { versionKey } from './version-key.ts';

export type ReconcileDeps = ExecutorDeps & {
  proxy: Pick<ProxyClient, 'listReadiness' | 'park' | 'unpark'>;
  limits: InstanceLimits;
  edge: EdgeSettings;
  readyTimeoutMs: number;
  history: InstanceHistory;
  load: LoadHistory;
  empty: EmptyFunctions;
  budget: Pick<HostBudget, 'take' | 'takeNow' | 'crowding' | 'keepOnly' | 'observe'>;
  /** Versions called by number that no alias names. */
  calledVersions: (functionId: string) => VersionRecord[];
  /** Asks the proxy anew what is in use; false when it does not answer. */
  refreshActivity: () => Promise<boolean>;
};

/**
 * Brings one function closer to what it should be; called again after every change. Returns after how many ms it wants
 * to be called at the latest. Throws what an engine or a service throws; the queue backs off. `recordIsCurrent`: false
 * while the record comes from a snapshot.
 */
export async function reconcileFunction(
  deps: ReconcileDeps,
  functionId: string,
  { record, recordIsCurrent }: { record: FunctionRecord | undefined; recordIsCurrent: boolean },
  signal: AbortSignal,
): Promise<number | void> {
  const beganAtMs = Date.now();
  const { instances, observed, proxyAnswers } = await look(deps, functionId, signal);
  deps.budget.observe(instances, { beganAtMs, functionId });
  const called = deps.calledVersions(functionId);
  const versions = new Map(
    [...(record?.versions ?? []), ...called].map((version) => [version.number, version]),
  );
  const nowMs = Date.now();
  for (const { status, version } of observed)
    if (status === 'ready') deps.usefulness.ready(versionKey(functionId, version), nowMs);
  noteOutcomes(deps, functionId, { versions: versions.keys(), observed, nowMs });
  if (!record || record.state === 'stopped') {
    const reason = `The function was ${record ? 'stopped' : 'deleted'}.`;
    deps.wakes.settleAll(`${functionId}/`, { outcome: 'failed', reason });
  }
  keepClocks(deps, functionId, versions);
  let use = (version: number): VersionUse => useOf(deps, record, version, versions.get(version), observed);
  const wouldSleep = [...versions.values()].some(
    (version) =>
      version.state === 'ready' &&
      upCount(observed, version.number) > version.config.scale.min &&
      untilRestMs(version, use(version.number), nowMs) <= 0,
  );
  // The reports are a little old: whoever calls right now must not lose the instance for it.
  if (wouldSleep && !(await deps.refreshActivity())) {
    const known = use;
    use = (version) => ({ ...known(version), busy: known(version).hasInstance });
  }
  const specOf = (version: VersionRecord) =>
    instanceSpec(version, deps.limits, { record, settings: deps.edge });
  const desired = desiredState({
    record,
    recordIsCurrent,
    called,
    use,
    scaleOf: (version) => {
      const spec = specHash(specOf(version));
      const current = observed.filter((instance) => instance.spec === spec);
      const present = upCount(current, version.number);
      const count = deps.load.decide(version, present, nowMs);
      const { busy, lastUsedAtMs } = use(version.number);
      const isEvicted = !busy && deps.activity.isEvictedSince(functionId, version.number, lastUsedAtMs ?? 0);
      return isEvicted ? Math.min(count, present) : count;
    },
    specOf: (version) => specHash(specOf(version)),
    mayStart: (version) => deps.backoff.waitMs(versionKey(functionId, version), nowMs) === 0,
    startingSinceMs: (version) => startingSince(deps, version, nowMs),
    nowMs,
    readyTimeoutMs: deps.readyTimeoutMs,
    proxyAnswers,
    isCrowded: (version) => deps.budget.crowding(versionKey(functionId, version)) !== undefined,
  });
  const steps = planSteps(desired, observed);
  deps.budget.keepOnly(functionId, wantIds(functionId, steps));
  const executors = createExecutors(deps, { functionId, versions, instances, specOf, signal });
  await runAll(executors, steps, signal);
  const known = new Set(instances.map(({ id }) => id));
  for (const { id, status } of observed)
    if (known.has(id) && (status === 'starting' || status === 'crashed'))
      deps.readiness.expect(id, functionId);
  for (const version of versions.values())
    if (!isAwake(version, use(version.number), nowMs)) deps.load.forget(functionId, version.number);
  const dueInMs = [nextRunMs(deps, functionId, [...versions.values()], use), restDueMs(desired, observed)];
  const isGettingReady = observed.some(({ status, fromPool }) => fromPool && status === 'starting');
  const next = Math.min(steps.length > 0 || isGettingReady ? 1000 : Infinity, ...dueInMs);
  return Number.isFinite(next) ? Math.max(50, next) : undefined;
}

async function look(deps: ReconcileDeps, functionId: string, signal: AbortSignal): Promise<Observation> {
  const { empty } = deps;
  const isEmpty = empty.has(functionId);
  const began = empty.look();
  const starting = deps.starts.of(functionId);
  try {
    const seen = await observe({
      host: deps.host,
      proxy: deps.proxy,
      functionId,
      isEmpty,
      isRetiring: (id) => deps.retirements.has(id),
      starting,
      history: deps.history,
      hasGiven: (id) => deps.pools.hasGiven(id),
      nowMs: Date.now(),
      readyTimeoutMs: deps.readyTimeoutMs,
      signal,
    });
    // What is being started may not be there yet.
    const isNothing = seen.isNothingListed && starting.length === 0;
    if (!isEmpty) empty.listed(began, [functionId], new Set(isNothing ? [] : [functionId]));
    return seen;
  } catch (error) {
    // While the engine is away nothing can get ready.
    deps.history.restartClocks(functionId);
    for (const key of deps.startingSince.keys())
      if (key.startsWith(`${functionId}/`)) deps.startingSince.delete(key);
    throw error;
  }
}

/** What the budget calls those that the plan starts or lets go on. */
function wantIds(functionId: string, steps: readonly Step[]): Set<string> {
  const started = steps.flatMap((step) => (step.kind === 'startInstance' ? [step.version] : []));
  const resumed = steps.flatMap((step) => (step.kind === 'resumeInstance' ? [step.instanceId] : []));
  const nth = (at: number) => started.slice(0, at).filter((version) => version === started[at]).length;
  return new Set([...started.map((version, at) => startId(functionId, version, nth(at))), ...resumed]);
}

/** A step that fails does not hold up the others: none of them builds on another. */
async function runAll(executors: Executors, steps: readonly Step[], signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await allDone(steps.map((step) => run(executors, step)));
}

function run(executors: Executors, step: Step): Promise<void> {
  return (executors[step.kind] as (args: Step) => Promise<void>)(step);
}

/** Forgets since when a version starts once it does not any more. */
function keepClocks(
  deps: ReconcileDeps,
  functionId: string,
  versions: ReadonlyMap<number, VersionRecord>,
): void {
  for (const key of deps.startingSince.keys()) {
    if (!key.startsWith(`${functionId}/`)) continue;
    const version = versions.get(Number(key.slice(functionId.length + 1)));
    if (version?.state !== 'starting') deps.startingSince.delete(key);
  }
}

function startingSince(deps: ReconcileDeps, version: VersionRecord, nowMs: number): number {
  const key = versionKey(version.functionId, version.number);
  const since = deps.startingSince.get(key) ?? nowMs;
  deps.startingSince.set(key, since);
  return since;
}

/** Being deployed, promoted or started counts as use, so that what was just asked for is there. */
function useOf(
  deps: ReconcileDeps,
  record: FunctionRecord | undefined,
  number: number,
  version: VersionRecord | undefined,
  observed: readonly ObservedInstance[],
): VersionUse {
  const use = record ? deps.activity.of(record.id, number) : undefined;
  const named =
    record?.aliases.filter((alias) =>
      alias.weights.some((part) => part.version === number && part.weight > 0),
    ) ?? [];
  const times = [
    use?.lastUsedAtMs ?? 0,
    time(version?.finishedAt),
    time(record?.updatedAt),
    ...named.map((alias) => time(alias.updatedAt)),
  ];
  const last = Math.max(...times);
  return {
    lastUsedAtMs: last || null,
    busy: (use?.busy ?? false) || (record !== undefined && deps.wakes.has(versionKey(record.id, number))),
    hasInstance: observed.some((instance) => instance.version === number && instance.status !== 'retiring'),
  };
}

function time(iso: string | null | undefined): number {
  return iso ? Date.parse(iso) : 0;
}

/** How many instances of a version serve or are about to. */
function upCount(observed: readonly ObservedInstance[], number: number): number {
  return observed.filter(
    ({ version, status }) => version === number && ['ready', 'starting', 'crashed'].includes(status),
  ).length;
}

function isAwake(version: VersionRecord, use: VersionUse, nowMs: number): boolean {
  return version.state === 'ready' && untilRestMs(version, use, nowMs) > 0;
}

/** The earliest moment at which time alone changes the plan: a back-off ends, an idle version may rest, a candidate is overdue. */
function nextRunMs(
  deps: ReconcileDeps,
  functionId: string,
  versions: readonly VersionRecord[],
  use: (version: number) => VersionUse,
): number {
  const nowMs = Date.now();
  const waits = versions.flatMap((version) => {
    const backoff = deps.backoff.waitMs(versionKey(functionId, version.number), nowMs);
    const rest = version.state === 'ready' ? untilRestMs(version, use(version.number), nowMs) : Infinity;
    const overdue = version.state === 'starting' ? 1000 : Infinity;
    return [backoff > 0 ? backoff : Infinity, rest > 0 ? rest + 50 : Infinity, overdue];
  });
  return Math.min(Infinity, ...waits);
}

/** When the next instance at rest goes a rung down. */
function restDueMs({ versions }: Desired, observed: readonly ObservedInstance[]): number {
  const waits = observed.flatMap(({ version, status, restedMs = 0 }) => {
    const rest = versions.find(({ number }) => number === version)?.rest;
    if (!rest || (status !== 'paused' && status !== 'stopped')) return [];
    const rungs = status === 'paused' ? [rest.stopAfterMs, rest.removeAfterMs] : [rest.removeAfterMs];
    return rungs.map((rungMs) => (rungMs > restedMs ? rungMs - restedMs + 50 : Infinity));
  });
  return Math.min(Infinity, ...waits);
}
