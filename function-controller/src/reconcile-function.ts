import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import type { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import type { Activity } from './activity.ts';
import { desiredState, idleInMs, type VersionUse } from './desired-state.ts';
import type { HostInstance, InstanceHost } from './instance-host.ts';
import { instanceSpec, specHash, type InstanceLimits } from './instance-spec.ts';
import { observe } from './observe.ts';
import { planSteps, type Executors, type ObservedInstance, type Step } from './plan-steps.ts';
import type { ReadinessWatch } from './readiness-watch.ts';
import type { Retirements } from './retirements.ts';
import type { StartBackoff } from './start-backoff.ts';
import type { WakeBook } from './wake-book.ts';

const LOG_TAIL_LINES = 20;
const ACTOR = 'function-controller';

export type ReconcileDeps = {
  host: InstanceHost;
  metadata: Pick<MetadataClient, 'transitionVersion'>;
  proxy: Pick<ProxyClient, 'listReadiness'>;
  logger: Logger;
  limits: InstanceLimits;
  readyTimeoutMs: number;
  activity: Activity;
  backoff: StartBackoff;
  wakes: WakeBook;
  retirements: Retirements;
  readiness: ReadinessWatch;
  condemned: Map<string, string>;
  /** When this process first saw a candidate; by version key. */
  startingSince: Map<string, number>;
  /** Versions called by number that no alias names. */
  calledVersions: (functionId: string) => VersionRecord[];
};

export function versionKey(functionId: string, version: number): string {
  return `${functionId}/${version}`;
}

/**
 * Brings one function closer to what it should be; called again after every change. Returns after how many ms it wants
 * to be called at the latest. Throws what an engine or a service throws; the queue backs off.
 */
export async function reconcileFunction(
  deps: ReconcileDeps,
  functionId: string,
  record: FunctionRecord | undefined,
  signal: AbortSignal,
): Promise<number | void> {
  const nowMs = Date.now();
  const { instances, observed } = await observe({
    host: deps.host,
    proxy: deps.proxy,
    functionId,
    isRetiring: (id) => deps.retirements.has(id),
    condemned: (id) => deps.condemned.get(id),
    nowMs,
    signal,
  });
  noteOutcomes(deps, functionId, observed);
  const called = deps.calledVersions(functionId);
  const versions = new Map(
    [...(record?.versions ?? []), ...called].map((version) => [version.number, version]),
  );
  const use = (version: number): VersionUse => useOf(deps, record, version, versions.get(version), observed);
  const desired = desiredState({
    record,
    called,
    use,
    specOf: (version) => specHash(instanceSpec(version, deps.limits)),
    mayStart: (version) => deps.backoff.waitMs(versionKey(functionId, version), nowMs) === 0,
    startingSinceMs: (version) => startingSince(deps, version, nowMs),
    nowMs,
    readyTimeoutMs: deps.readyTimeoutMs,
  });
  const steps = planSteps(desired, observed);
  const executors = createExecutors(deps, { functionId, versions, instances, signal });
  for (const step of steps) await run(executors, step);
  for (const instance of observed)
    if (instance.status === 'starting') deps.readiness.expect(instance.id, functionId);
  return nextRunMs(deps, functionId, [...versions.values()], use, steps.length > 0);
}

function run(executors: Executors, step: Step): Promise<void> {
  return (executors[step.kind] as (args: Step) => Promise<void>)(step);
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
    busy: use?.busy ?? false,
    hasInstance: observed.some((instance) => instance.version === number),
  };
}

function time(iso: string | null | undefined): number {
  return iso ? Date.parse(iso) : 0;
}

/** Tells those who wait for a wake what the instances say, and the back-off how starts went. */
function noteOutcomes(deps: ReconcileDeps, functionId: string, observed: readonly ObservedInstance[]): void {
  for (const instance of observed) {
    const key = versionKey(functionId, instance.version);
    if (instance.status === 'ready') {
      deps.backoff.succeeded(key);
      deps.wakes.settle(key, { outcome: 'ready' });
    } else if (instance.status === 'failed' || instance.status === 'crashed') {
      const reason = instance.reason ?? 'The instance does not start.';
      if (!observed.some((other) => other.version === instance.version && other.status === 'ready')) {
        if (instance.status === 'failed') deps.backoff.failed(key, Date.now(), instance.id);
        deps.wakes.settle(key, { outcome: 'failed', reason });
      }
    }
  }
}

function createExecutors(
  deps: ReconcileDeps,
  context: {
    functionId: string;
    versions: Map<number, VersionRecord>;
    instances: HostInstance[];
    signal: AbortSignal;
  },
): Executors {
  const { host, logger, metadata } = deps;
  const instanceOf = (id: string) => context.instances.find((instance) => instance.id === id);
  return {
    startInstance: async ({ version }) => {
      const record = context.versions.get(version);
      if (!record) return;
      const key = versionKey(context.functionId, version);
      try {
        const id = await host.start(instanceSpec(record, deps.limits), context.signal);
        if (!deps.activity.of(context.functionId, version))
          deps.activity.touch(context.functionId, version, Date.now());
        logger.info(
          { instance: id, project: record.project, function: record.function, version },
          'instance started',
        );
        deps.readiness.expect(id, context.functionId);
      } catch (error) {
        if (
          context.signal.aborted ||
          (error instanceof PlatformError && error.details?.['reason'] === 'engine_unavailable')
        )
          throw error;
        const reason =
          error instanceof PlatformError
            ? error.message
            : `The engine refused to start it: ${engineMessage(error)}`;
        deps.backoff.failed(key, Date.now());
        deps.wakes.settle(key, { outcome: 'failed', reason });
        logger.warn(
          { err: error, project: record.project, function: record.function, version },
          'instance did not start',
        );
        if (record.state === 'starting') await fail(record, 'unavailable', reason, []);
      }
    },
    resumeInstance: ({ instanceId }) => host.resume(instanceId),
    retireInstance: async ({ instanceId, drain }) => {
      const instance = instanceOf(instanceId);
      if (instance) deps.retirements.begin(instance, { drain });
      deps.condemned.delete(instanceId);
    },
    markReady: async ({ version }) => {
      deps.activity.touch(context.functionId, version, Date.now());
      await transition(() =>
        metadata.transitionVersion(context.functionId, version, {
          from: 'starting',
          to: 'ready',
          actor: ACTOR,
        }),
      );
      deps.startingSince.delete(versionKey(context.functionId, version));
      logger.info({ functionId: context.functionId, version }, 'version ready');
    },
    markFailed: async ({ version, code, reason, instanceId }) => {
      const record = context.versions.get(version);
      if (!record) return;
      await fail(record, code, reason, instanceId ? await logTail(host, instanceId, context.signal) : []);
    },
  };

  async function fail(
    record: VersionRecord,
    code: PlatformError['code'],
    reason: string,
    tail: string[],
  ): Promise<void> {
    const error = {
      code,
      message: reason,
      phase: 'starting' as const,
      ...(tail.length ? { logTail: tail } : {}),
    };
    await transition(() =>
      metadata.transitionVersion(record.functionId, record.number, {
        from: 'starting',
        to: 'failed',
        error,
        actor: ACTOR,
      }),
    );
    deps.startingSince.delete(versionKey(record.functionId, record.number));
    logger.warn(
      { project: record.project, function: record.function, version: record.number, reason },
      'version failed to start',
    );
  }
}

/** Cancelled or deleted meanwhile, or already done: the change feed brings what is true now. */
async function transition(move: () => Promise<unknown>): Promise<void> {
  await move().catch((error: unknown) => {
    if (!(error instanceof PlatformError) || (error.code !== 'conflict' && error.code !== 'not_found'))
      throw error;
  });
}

async function logTail(host: InstanceHost, instanceId: string, signal: AbortSignal): Promise<string[]> {
  const lines: string[] = [];
  try {
    for await (const line of host.logs(instanceId, { tail: LOG_TAIL_LINES }, deadline(5000, signal)))
      lines.push(line.text);
  } catch {
    // The reason stands without the log.
  }
  return lines.slice(-LOG_TAIL_LINES);
}

function engineMessage(error: unknown): string {
  const { json, message } = error as { json?: { message?: string }; message?: string };
  return json?.message ?? message ?? 'unknown error';
}

/** The earliest moment at which time alone changes the plan: a back-off ends, an idle version may sleep, a candidate is overdue. */
function nextRunMs(
  deps: ReconcileDeps,
  functionId: string,
  versions: readonly VersionRecord[],
  use: (version: number) => VersionUse,
  acted: boolean,
): number | void {
  const nowMs = Date.now();
  const waits = versions.flatMap((version) => {
    const backoff = deps.backoff.waitMs(versionKey(functionId, version.number), nowMs);
    const idle =
      version.state === 'ready' && version.config.scale.min === 0
        ? idleInMs(version, use(version.number), nowMs)
        : Infinity;
    const overdue = version.state === 'starting' ? 1000 : Infinity;
    return [backoff > 0 ? backoff : Infinity, idle > 0 ? idle + 50 : Infinity, overdue];
  });
  const next = Math.min(Infinity, acted ? 1000 : Infinity, ...waits);
  return Number.isFinite(next) ? Math.max(50, next) : undefined;
}
