import type { ProxyClient, Readiness } from '@plat/platform-kit/clients/proxy-client.ts';
import type { HostInstance, InstanceExits, InstanceHost } from './instance-host.ts';
import type { InstanceHistory } from './instance-history.ts';
import type { ObservedInstance } from './plan-steps.ts';
import type { StartUnderWay } from './starts.ts';

/** One from a pool that this process gave no code, and that is not ready by now, was never given any. */
const UNGIVEN_MS = 2000;
const HUNG = 'It runs but does not become ready: nothing answers on $PORT.';

/** The engine does not start these again when they came from a pool: their code is gone. */
const ENDED: ReadonlySet<HostInstance['status']> = new Set(['created', 'restarting', 'exited', 'dead']);

export type ObserveOptions = {
  host: InstanceHost;
  proxy: Pick<ProxyClient, 'listReadiness'>;
  functionId: string;
  isRetiring: (instanceId: string) => boolean;
  /** The engine is known to have nothing of it: it need not be asked. */
  isEmpty: boolean;
  /** Starts of the function that are under way. */
  starting: readonly StartUnderWay[];
  history: InstanceHistory;
  /** Whether this process gave an instance from a pool its code lately. */
  hasGiven: (instanceId: string) => boolean;
  nowMs: number;
  /** An instance that runs for longer without getting ready hangs. */
  readyTimeoutMs: number;
  signal: AbortSignal;
};

export type Observation = {
  instances: HostInstance[];
  /** Not even one that is being removed. */
  isNothingListed: boolean;
  observed: ObservedInstance[];
  /** False when the proxy could not be asked: then nothing is known to be ready, and nothing to hang. */
  proxyAnswers: boolean;
};

/** What the engine and the proxy say about a function's instances, right now. */
export async function observe(options: ObserveOptions): Promise<Observation> {
  const { functionId, history } = options;
  const isStarting = (name: string) => options.starting.some(({ instance }) => instance === name);
  const listed = options.isEmpty ? [] : await options.host.list({ functionId }, options.signal);
  const instances = listed.filter((instance) => instance.status !== 'removing');
  history.keepOnly(
    functionId,
    instances.map((instance) => instance.id),
  );
  const readiness = new Map<string, Readiness>();
  let proxyAnswers = true;
  if (instances.length > 0) {
    const known = await options.proxy.listReadiness().catch(() => undefined);
    for (const item of known?.items ?? []) readiness.set(item.instanceId, item.readiness);
    proxyAnswers = known !== undefined;
  }
  if (!proxyAnswers) history.restartClocks(functionId);
  const observed = await Promise.all(
    instances.map(async (instance): Promise<ObservedInstance> => {
      const base = {
        id: instance.id,
        version: instance.labels.version,
        spec: instance.labels.spec,
        ageMs: options.nowMs - instance.createdAtMs,
        ...(instance.fromPool && { fromPool: true }),
      };
      if (options.isRetiring(instance.id)) return { ...base, status: 'retiring' };
      const isOurStart = isStarting(instance.labels.instance);
      if (isOurStart && (instance.status === 'created' || instance.fromPool))
        return { ...base, status: 'starting' };
      const condemned = history.condemned(functionId, instance.id);
      if (condemned) return { ...base, status: 'exited', reason: condemned };
      const ready = readiness.get(instance.id) ?? { state: 'unknown' as const };
      const exits =
        ready.state === 'ready' || instance.status === 'paused'
          ? undefined
          : await options.host.exits(instance.id).catch(() => undefined);
      // An engine that has just stopped one may still list it as running.
      const status = exits?.status ?? instance.status;
      if (instance.fromPool && ENDED.has(status)) {
        const ended = history.wasReady(functionId, instance.id) ? 'exited' : 'failed';
        return { ...base, status: ended, reason: exitReason(exits) };
      }
      const now = classify(status, ready, exits);
      if (now.status === 'paused' || now.status === 'stopped')
        return {
          ...base,
          ...now,
          restedMs: history.sawResting(functionId, instance.id, options.nowMs),
        };
      history.sawUp(functionId, instance.id);
      if (now.status === 'ready') history.sawReady(functionId, instance.id);
      if (now.status === 'crashed') {
        return {
          ...base,
          ...now,
          recovers: !history.sawCrash(functionId, instance.id, exits?.restarts ?? 0),
        };
      }
      if (now.status === 'starting' && proxyAnswers) {
        const notReadyMs = history.sawNotReady(functionId, instance.id, options.nowMs);
        if (notReadyMs > options.readyTimeoutMs) return { ...base, status: 'hung', reason: HUNG };
        if (instance.fromPool && notReadyMs > UNGIVEN_MS && !options.hasGiven(instance.id))
          return { ...base, status: 'unstarted' };
      }
      return { ...base, ...now };
    }),
  );
  const names = new Set(instances.map(({ labels }) => labels.instance));
  for (const { instance, version, spec } of options.starting)
    if (!names.has(instance)) observed.push({ id: instance, version, spec, status: 'starting', ageMs: 0 });
  return { instances, observed, proxyAnswers, isNothingListed: listed.length === 0 };
}

type Ends = Omit<InstanceExits, 'status'>;

/** The planner's word for what the engine and the proxy say. Pure. */
export function classify(
  status: HostInstance['status'],
  readiness: Readiness,
  exits: Ends | undefined,
): Pick<ObservedInstance, 'status' | 'reason'> {
  switch (status) {
    case 'paused':
      return { status: 'paused' };
    case 'exited':
      return { status: 'stopped', reason: exitReason(exits) };
    case 'dead':
    case 'removing':
      return { status: 'exited', reason: exitReason(exits) };
    case 'restarting':
      return { status: 'crashed', reason: exitReason(exits) };
    case 'created':
      // No start of this process is behind it: whoever made this one is no more.
      return { status: 'unstarted' };
    case 'running':
      if (readiness.state === 'ready') return { status: 'ready' };
      // The engine's list is a little behind.
      if (readiness.state === 'resting') return { status: 'paused' };
      if (readiness.state === 'failed') return { status: 'failed', reason: readiness.reason };
      return exits && exits.restarts > 0
        ? { status: 'crashed', reason: exitReason(exits) }
        : { status: 'starting' };
  }
}

function exitReason(exits: Ends | undefined): string {
  if (exits?.outOfMemory)
    return 'The instance used more memory than its limit and was killed; raise "memory".';
  const code = exits?.exitCode;
  return code === null || code === undefined
    ? 'The instance ended.'
    : `The instance exited with code ${code}.`;
}
