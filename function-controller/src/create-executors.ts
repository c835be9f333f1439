import type { BuilderClient } from '@plat/platform-kit/clients/builder-client.ts';
import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import type { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { deadline, pause } from '@plat/platform-kit/waiting.ts';
import type { Activity } from './activity.ts';
import type { HostBudget } from './budget/host-budget.ts';
import type { Grant } from './budget/room-ledger.ts';
import type { Usefulness } from './budget/usefulness.ts';
import type { InstanceLocks } from './instance-locks.ts';
import { IMAGE_MISSING, type HostInstance, type InstanceHost, type InstanceSpec } from './instance-host.ts';
import { claimOf, specHash } from './instance-spec.ts';
import type { Executors } from './plan-steps.ts';
import type { ReadinessWatch } from './readiness-watch.ts';
import type { Retirements } from './retirements.ts';
import type { StartBackoff } from './start-backoff.ts';
import type { Pools, Reservation } from './pools/pools.ts';
import type { Starts } from './starts.ts';
import { versionKey } from './version-key.ts';
import type { WakeBook } from './wake-book.ts';

const LOG_TAIL_LINES = 20;
const RETRY_MS = 1000;
const ACTOR = 'function-controller';

export type ExecutorDeps = {
  host: InstanceHost;
  metadata: Pick<MetadataClient, 'transitionVersion'>;
  builder: Pick<BuilderClient, 'rebuild'>;
  /** Looks whether a version called by number has another image by now. */
  refreshCalled: (functionId: string, version: number) => Promise<void>;
  proxy: Pick<ProxyClient, 'park' | 'unpark'>;
  starts: Starts;
  pools: Pick<Pools, 'reserve' | 'noteColdStart' | 'expect' | 'hasGiven'>;
  locks: InstanceLocks;
  stopGraceMs: number;
  /** When this process first saw a candidate; by version key. */
  startingSince: Map<string, number>;
  logger: Logger;
  activity: Activity;
  backoff: StartBackoff;
  wakes: WakeBook;
  retirements: Retirements;
  readiness: ReadinessWatch;
  budget: Pick<HostBudget, 'take' | 'crowding'>;
  usefulness: Usefulness;
};

/** How each step of the plan is carried out, for one function and what was observed of it. */
export function createExecutors(
  deps: ExecutorDeps,
  context: {
    functionId: string;
    versions: Map<number, VersionRecord>;
    instances: HostInstance[];
    specOf: (version: VersionRecord) => InstanceSpec;
    signal: AbortSignal;
  },
): Executors {
  const { host, logger, metadata } = deps;
  const { functionId } = context;
  const instanceOf = (id: string) => context.instances.find((instance) => instance.id === id);
  /** Starts of each version so far. */
  const started = new Map<number, number>();
  /** Nothing else of the version runs, or is on its way. */
  const isFirst = (version: number) =>
    !context.instances.some(({ labels, status }) => labels.version === version && status === 'running') &&
    !deps.starts.of(functionId).some((start) => start.version === version);
  return {
    startInstance: async ({ version }) => {
      const record = context.versions.get(version);
      if (!record) return;
      const nth = started.get(version) ?? 0;
      started.set(version, nth + 1);
      const spec = context.specOf(record);
      const { project } = record;
      // After a failure the image has to show whether it is the function's own.
      const isFirstTry = deps.backoff.lastReason(versionKey(functionId, version)) === undefined;
      const pooled = isFirstTry ? deps.pools.reserve(record, spec) : undefined;
      const grant = await deps.budget
        .take({
          id: startId(functionId, version, nth),
          functionId,
          version,
          project,
          function: record.function,
          claim: claimOf(spec),
          ...(pooled && { from: pooled.name }),
          isFirst: nth === 0 && isFirst(version),
        })
        .catch((error: unknown) => {
          pooled?.release();
          throw error;
        });
      if (!grant) return pooled?.release();
      if (isFirstTry) deps.pools.noteColdStart(record, spec);
      deps.starts.begin({ functionId, version, spec: specHash(spec) }, (instance, signal) => {
        grant.for(instance);
        return start(record, spec, { instance, grant, pooled, signal });
      });
    },
    resumeInstance: async ({ instanceId }) => {
      const at = instanceOf(instanceId);
      if (!at) return;
      const { version, project } = at.labels;
      const grant = await deps.budget.take({
        id: instanceId,
        functionId,
        version,
        project,
        function: at.labels.function,
        isFirst: isFirst(version),
      });
      if (!grant) return;
      await deps.locks
        .run(instanceId, () => host.resume(instanceId))
        // One that was only parked yet; what the engine resumes the proxy sees by itself.
        .then(() => deps.proxy.unpark(instanceId).catch(() => undefined))
        .catch((error: unknown) => {
          const instance = instanceOf(instanceId);
          if (!instance || isEngineAway(error)) throw error;
          logger.warn(
            { instance: instanceId, err: error },
            'instance at rest could not go on; it is replaced',
          );
          deps.retirements.begin(instance, { drain: false });
        })
        .finally(() => grant.done());
      deps.readiness.expect(instanceId, context.functionId);
    },
    restInstance: ({ instanceId, version, how }) =>
      deps.locks.run(instanceId, async () => {
        if (deps.wakes.has(versionKey(context.functionId, version))) return;
        const { parked } = await deps.proxy.park(instanceId);
        if (!parked) return;
        try {
          await (how === 'pause'
            ? host.pause(instanceId)
            : host.stop(instanceId, { graceMs: deps.stopGraceMs }));
        } catch (error) {
          await deps.proxy.unpark(instanceId).catch(() => undefined);
          throw error;
        }
        logger.debug({ instance: instanceId, how }, 'instance rests');
      }),
    retireInstance: async ({ instanceId, drain }) => {
      const instance = instanceOf(instanceId);
      if (instance) deps.retirements.begin(instance, { drain });
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
      logger.info({ functionId: context.functionId, version }, 'version ready');
      const record = context.versions.get(version);
      if (record) deps.pools.expect(record);
    },
    markFailed: async ({ version, code, reason, instanceId }) => {
      const record = context.versions.get(version);
      if (!record) return;
      await fail(record, code, reason, instanceId ? await logTail(host, instanceId, context.signal) : []);
    },
  };

  /** In the background; never rejects. */
  async function start(
    record: VersionRecord,
    spec: InstanceSpec,
    {
      instance,
      grant,
      pooled,
      signal,
    }: { instance: string; grant: Grant; pooled: Reservation | undefined; signal: AbortSignal },
  ): Promise<void> {
    const { project, function: name, number: version } = record;
    const key = versionKey(functionId, version);
    // The start before this one, in the same plan, was refused.
    if (deps.backoff.waitMs(key, Date.now()) > 0) {
      pooled?.release();
      return grant.failed();
    }
    deps.usefulness.starts(key, Date.now());
    try {
      const given = await pooled?.give(instance);
      const id = given ?? (await host.start(spec, signal, instance));
      if (!deps.activity.of(functionId, version)) deps.activity.touch(functionId, version, Date.now());
      grant.done();
      const from = given ? 'pool' : 'image';
      logger.info({ instance: id, project, function: name, version, from }, 'instance started');
      deps.readiness.expect(id, functionId);
    } catch (error) {
      grant.failed();
      // While the engine is away every look at the function fails, and is tried again with back-off.
      if (signal.aborted) return;
      if (!isEngineAway(error))
        await startFailed(record, error).catch((cause: unknown) =>
          logger.warn({ err: cause, project, function: name, version }, 'failed start could not be reported'),
        );
      // A start without a back-off of its own is tried again as soon as this one is over.
      if (deps.backoff.waitMs(key, Date.now()) === 0) await pause(RETRY_MS, signal);
    }
  }

  async function startFailed(record: VersionRecord, error: unknown): Promise<void> {
    const { project, function: name, number: version } = record;
    const key = versionKey(context.functionId, version);
    const rebuild = isImageMissing(error)
      ? await deps.builder.rebuild(context.functionId, version)
      : undefined;
    if (rebuild && rebuild.outcome !== 'failed') {
      // Who waits for the instance goes on waiting; a start is tried again in a moment, until the image is there.
      if (deps.startingSince.has(key)) deps.startingSince.set(key, Date.now());
      await deps.refreshCalled(context.functionId, version);
      return;
    }
    const reason = rebuild
      ? `Its image is gone, and could not be built again: ${rebuild.reason}`
      : error instanceof PlatformError
        ? error.message
        : `The engine refused to start it: ${engineMessage(error)}`;
    deps.backoff.failed(key, Date.now(), { reason });
    deps.wakes.settle(key, { outcome: 'failed', reason });
    logger.warn({ err: error, project, function: name, version }, 'instance did not start');
    if (record.state === 'starting') await fail(record, 'unavailable', reason, []);
  }

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
    logger.warn(
      { project: record.project, function: record.function, version: record.number, reason },
      'version failed to start',
    );
  }
}

/** What the budget calls the `nth` start of a version in a plan, until it has an instance: the same in the next plan. */
export function startId(functionId: string, version: number, nth: number): string {
  return `${versionKey(functionId, version)}#${nth}`;
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

function isEngineAway(error: unknown): boolean {
  return error instanceof PlatformError && error.details?.['reason'] === 'engine_unavailable';
}

function isImageMissing(error: unknown): boolean {
  return error instanceof PlatformError && error.details?.['reason'] === IMAGE_MISSING;
}

function engineMessage(error: unknown): string {
  const { json, message } = error as { json?: { message?: string }; message?: string };
  return json?.message ?? message ?? 'unknown error';
}
