import type Docker from 'dockerode';
import { engineAwayError, isEngineAway } from '@plat/platform-kit/docker/connect.ts';
import { LABELS, isManaged } from '@plat/platform-kit/docker/labels.ts';
import type { NetworkPool } from '@plat/platform-kit/docker/network-pool.ts';
import { readIdentity, readPoolLabels } from '@plat/platform-kit/docker/pool-names.ts';
import type { OwnThings } from '../plan-strays.ts';
import { disconnectMembers, ensureProjectNetwork } from './project-network.ts';

export type EngineOfOurs = {
  docker: Docker;
  namespace: string;
  dockerHost: string | undefined;
  networkPool: NetworkPool;
};

/** Everything on the engine that carries this installation's labels, by whatever made it. */
export async function listOwnThings({ docker, namespace, dockerHost }: EngineOfOurs): Promise<OwnThings> {
  const filters = { label: [`${LABELS.managed}=true`, `${LABELS.namespace}=${namespace}`] };
  try {
    const [containers, networks, volumes] = await Promise.all([
      docker.listContainers({ all: true, filters }),
      docker.listNetworks({ filters }),
      // The gate of the Compose stack does not let volumes be seen; instances have none there either.
      docker.listVolumes({ filters }).catch(nothingIfForbidden),
    ]);
    return {
      containers: containers.map((container) => {
        const name = (container.Names[0] ?? '').replace(/^\//, '');
        const identity = readIdentity({ name, labels: container.Labels }, namespace);
        const endpoints = Object.entries(container.NetworkSettings.Networks);
        return {
          id: container.Id,
          name,
          status: container.State,
          functionId: identity?.functionId ?? container.Labels[LABELS.functionId],
          isInstance: identity !== undefined,
          pool: identity ? undefined : readPoolLabels(container.Labels, namespace)?.project,
          purpose: container.Labels[LABELS.purpose],
          createdAtMs: container.Created * 1000,
          networks: endpoints.map(([name]) => name),
          hasAddress: endpoints.some(([, endpoint]) => Boolean(endpoint.IPAddress)),
          publishedPorts: container.Ports.flatMap(({ PublicPort }) => PublicPort ?? []),
        };
      }),
      networks: await Promise.all(
        networks.map(async (network) => ({
          id: network.Id,
          name: network.Name,
          project: network.Labels?.[LABELS.project],
          purpose: network.Labels?.[LABELS.purpose],
          createdAtMs: Date.parse(network.Created),
          containers: await attachedTo(docker, network.Id),
        })),
      ),
      volumes: volumes.Volumes.map(({ Name, Labels }) => ({
        name: Name,
        functionId: Labels?.[LABELS.functionId],
      })),
    };
  } catch (error) {
    throw isEngineAway(error) ? engineAwayError(dockerHost, error) : error;
  }
}

/** Removes one of them. It is looked at first: what is not ours stays, whatever id was given. */
export async function removeOwnThing(
  { docker, namespace }: EngineOfOurs,
  thing: { kind: string; id: string },
): Promise<'removed' | 'in_use'> {
  try {
    switch (thing.kind) {
      case 'container': {
        const container = docker.getContainer(thing.id);
        if (!isManaged((await container.inspect()).Config.Labels, namespace)) return 'in_use';
        await container.remove({ force: true, v: true });
        return 'removed';
      }
      case 'network': {
        const network = docker.getNetwork(thing.id);
        const { Id, Name, Labels } = await network.inspect();
        if (!isManaged(Labels, namespace)) return 'in_use';
        await disconnectMembers(docker, namespace, { Id, Name });
        await network.remove();
        return 'removed';
      }
      case 'volume': {
        const volume = docker.getVolume(thing.id);
        if (!isManaged((await volume.inspect()).Labels, namespace)) return 'in_use';
        await volume.remove();
        return 'removed';
      }
    }
    return 'in_use';
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode === 404) return 'removed';
    // 403: something is on the network; 409: it is being removed, or a container has the volume.
    if (statusCode === 403 || statusCode === 409) return 'in_use';
    throw error;
  }
}

export async function ensureNetworkOf(engine: EngineOfOurs, project: string): Promise<void> {
  const { docker, namespace, networkPool: pool } = engine;
  await ensureProjectNetwork(docker, { namespace, project, pool });
}

function nothingIfForbidden(error: unknown): { Volumes: Docker.VolumeInspectInfo[] } {
  if ((error as { statusCode?: number }).statusCode === 403) return { Volumes: [] };
  throw error;
}

async function attachedTo(docker: Docker, id: string): Promise<string[]> {
  try {
    const info = await docker.getNetwork(id).inspect();
    return Object.keys(info.Containers ?? {});
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return [];
    throw error;
  }
}
