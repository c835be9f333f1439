import { RELAY_PURPOSE } from '@plat/platform-kit/docker/labels.ts';
import type { Garbage } from '@plat/platform-kit/garbage.ts';

/** A container of this installation, whatever it is. `isInstance`: it carries all the labels of an instance. */
export type OwnContainer = {
  id: string;
  name: string;
  status: string;
  functionId: string | undefined;
  isInstance: boolean;
  /** Of a container of a pool that nobody has: its project. */
  pool: string | undefined;
  purpose: string | undefined;
  createdAtMs: number;
  networks: string[];
  /** Whether it has an address on any of them. */
  hasAddress: boolean;
  publishedPorts: number[];
};
export type OwnNetwork = {
  id: string;
  name: string;
  project: string | undefined;
  purpose: string | undefined;
  createdAtMs: number;
  /** Ids of containers on it, of anybody. */
  containers: string[];
};
export type OwnVolume = { name: string; functionId: string | undefined };

export type OwnThings = { containers: OwnContainer[]; networks: OwnNetwork[]; volumes: OwnVolume[] };

/** What doctor's own check of networks makes; it is gone seconds later unless the process died. */
export const DOCTOR = 'doctor';
/** How long a thing that is made for a moment, or is about to start, may be there. */
const STALE_MS = 60_000;

/**
 * What of this installation is on the engine and belongs to no function of the record. Never what is labelled for
 * another purpose, nor what does not say whose it is. Pure; `functions` must be the record as it was read whole.
 */
export function planStrays(
  things: OwnThings,
  functions: ReadonlyMap<string, { project: string }>,
  nowMs: number,
): Garbage[] {
  const isOld = ({ createdAtMs }: { createdAtMs: number }) => nowMs - createdAtMs > STALE_MS;
  const projects = new Set([...functions.values()].map(({ project }) => project));
  const containers = things.containers.flatMap((container) => {
    const why = whyStray(container, { functions, projects }, isOld(container));
    return why
      ? [{ kind: 'container' as const, id: container.id, name: container.name, bytes: null, why }]
      : [];
  });
  const leaving = new Set(containers.map(({ id }) => id));
  // A relay is on a network for the sake of instances.
  for (const { id, purpose } of things.containers) if (purpose === RELAY_PURPOSE) leaving.add(id);
  const networks = things.networks.flatMap((network) => {
    if (network.containers.some((id) => !leaving.has(id))) return [];
    const item = { kind: 'network' as const, id: network.id, name: network.name, bytes: null };
    if (network.purpose === DOCTOR && isOld(network)) return [{ ...item, why: 'left by an earlier check' }];
    if (network.purpose !== undefined || network.project === undefined) return [];
    return projects.has(network.project) ? [] : [{ ...item, why: 'its project has no function' }];
  });
  const volumes = things.volumes.flatMap(({ name, functionId }) =>
    functionId === undefined || functions.has(functionId)
      ? []
      : [{ kind: 'volume' as const, id: name, name, bytes: null, why: 'its function is deleted' }],
  );
  return [...containers, ...networks, ...volumes];
}

function whyStray(
  container: OwnContainer,
  { functions, projects }: { functions: ReadonlyMap<string, unknown>; projects: ReadonlySet<string> },
  isOld: boolean,
): string | undefined {
  if (container.purpose === DOCTOR && isOld) return 'left by an earlier check';
  // One that runs ends with the platform that it belongs to, and is removed by the engine.
  if (container.purpose === RELAY_PURPOSE && isOld && container.status !== 'running')
    return 'a relay that never started, or ended';
  if (container.pool !== undefined)
    return isOld && !projects.has(container.pool) ? 'its project has no function' : undefined;
  if (container.purpose !== undefined || container.functionId === undefined) return undefined;
  if (!functions.has(container.functionId)) return 'its function is deleted';
  return container.isInstance
    ? undefined
    : 'its labels are not complete: nothing calls it and nothing stops it';
}
