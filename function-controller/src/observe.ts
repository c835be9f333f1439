import type { ProxyClient, Readiness } from '@plat/platform-kit/clients/proxy-client.ts';
import type { HostInstance, InstanceExits, InstanceHost } from './instance-host.ts';
import type { ObservedInstance } from './plan-steps.ts';

export type ObserveOptions = {
  host: InstanceHost;
  proxy: Pick<ProxyClient, 'listReadiness'>;
  functionId: string;
  isRetiring: (instanceId: string) => boolean;
  /** Why an instance was condemned (it hangs), if it was. */
  condemned: (instanceId: string) => string | undefined;
  nowMs: number;
  signal: AbortSignal;
};

export type Observation = { instances: HostInstance[]; observed: ObservedInstance[] };

/** What the engine and the proxy say about a function's instances, right now. */
export async function observe(options: ObserveOptions): Promise<Observation> {
  const instances = (await options.host.list({ functionId: options.functionId }, options.signal)).filter(
    (instance) => instance.status !== 'removing',
  );
  const readiness = new Map<string, Readiness>();
  if (instances.length > 0) {
    const known = await options.proxy.listReadiness().catch(() => ({ items: [] }));
    for (const item of known.items) readiness.set(item.instanceId, item.readiness);
  }
  const observed = await Promise.all(
    instances.map(async (instance): Promise<ObservedInstance> => {
      const base = {
        id: instance.id,
        version: instance.labels.version,
        spec: instance.labels.spec,
        ageMs: options.nowMs - instance.createdAtMs,
      };
      if (options.isRetiring(instance.id)) return { ...base, status: 'retiring' };
      const condemned = options.condemned(instance.id);
      if (condemned) return { ...base, status: 'exited', reason: condemned };
      const ready = readiness.get(instance.id) ?? { state: 'unknown' as const };
      const exits =
        ready.state === 'ready' || instance.status === 'paused'
          ? undefined
          : await options.host.exits(instance.id).catch(() => undefined);
      return { ...base, ...classify(instance.status, ready, exits) };
    }),
  );
  return { instances, observed };
}

/** The planner's word for what the engine and the proxy say. Pure. */
export function classify(
  status: HostInstance['status'],
  readiness: Readiness,
  exits: InstanceExits | undefined,
): Pick<ObservedInstance, 'status' | 'reason'> {
  switch (status) {
    case 'paused':
      return { status: 'paused' };
    case 'exited':
    case 'dead':
    case 'removing':
      return { status: 'exited', reason: exitReason(exits) };
    case 'restarting':
      return { status: 'crashed', reason: exitReason(exits) };
    case 'created':
      return { status: 'starting' };
    case 'running':
      if (readiness.state === 'ready') return { status: 'ready' };
      if (readiness.state === 'failed') return { status: 'failed', reason: readiness.reason };
      return exits && exits.restarts > 0
        ? { status: 'crashed', reason: exitReason(exits) }
        : { status: 'starting' };
  }
}

function exitReason(exits: InstanceExits | undefined): string {
  if (exits?.outOfMemory)
    return 'The instance used more memory than its limit and was killed; raise "memory".';
  const code = exits?.exitCode;
  return code === null || code === undefined
    ? 'The instance ended.'
    : `The instance exited with code ${code}.`;
}
