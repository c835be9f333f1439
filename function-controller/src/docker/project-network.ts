import type Docker from 'dockerode';
import type { NetworkPool } from '@plat/platform-kit/docker/network-pool.ts';
import { LABELS, isManaged } from '@plat/platform-kit/docker/labels.ts';
import { createNetwork } from './create-network.ts';

/** The name of a project's network: its instances and the function-proxy are on it, nobody else. */
export function networkName(namespace: string, project: string): string {
  return `${namespace}-functions-${project}`;
}

/** Makes sure the project's network is there. Safe to call side by side: the engine refuses the second of a name. */
export async function ensureProjectNetwork(
  docker: Docker,
  { namespace, project, pool }: { namespace: string; project: string; pool: NetworkPool },
): Promise<string> {
  const name = networkName(namespace, project);
  if (await findNetwork(docker, namespace, name)) return name;
  const labels = { [LABELS.managed]: 'true', [LABELS.namespace]: namespace, [LABELS.project]: project };
  await createNetwork(docker, pool, { name, labels }).catch((error: { statusCode?: number }) => {
    if (error.statusCode !== 409) throw error;
  });
  return name;
}

/**
 * Removes the project's network unless an instance is still on it. The platform's own containers are taken off first,
 * those that are stopped too: the engine would never start them again while they want a network that is gone. If an
 * instance comes in between, they join again with their next look.
 */
export async function removeProjectNetwork(
  docker: Docker,
  namespace: string,
  project: string,
): Promise<void> {
  const name = networkName(namespace, project);
  const found = await findNetwork(docker, namespace, name);
  if (!found) return;
  const attached = await docker.listContainers({
    all: true,
    filters: { label: [`${LABELS.namespace}=${namespace}`], network: [name] },
  });
  if (attached.some(({ Labels }) => isManaged(Labels, namespace) && Labels[LABELS.member] !== namespace))
    return;
  await disconnectMembers(docker, namespace, found);
  await docker
    .getNetwork(found.Id)
    .remove()
    .catch((error: { statusCode?: number }) => {
      // 403: an instance is still attached; 404: somebody else was quicker.
      if (error.statusCode !== 403 && error.statusCode !== 404) throw error;
    });
}

export async function listProjectNetworks(docker: Docker, namespace: string): Promise<string[]> {
  const label = [`${LABELS.managed}=true`, `${LABELS.namespace}=${namespace}`];
  const networks = await docker.listNetworks({ filters: { label } });
  return networks.flatMap((network) => network.Labels?.[LABELS.project] ?? []);
}

/** Takes the platform's own containers off a network. */
export async function disconnectMembers(
  docker: Docker,
  namespace: string,
  network: { Id: string; Name: string },
): Promise<void> {
  const members = await docker.listContainers({
    all: true,
    filters: { label: [`${LABELS.member}=${namespace}`] },
  });
  for (const member of members) {
    if (!(network.Name in member.NetworkSettings.Networks)) continue;
    await docker
      .getNetwork(network.Id)
      .disconnect({ Container: member.Id, Force: true })
      .catch((error: { statusCode?: number; message?: string }) => {
        if (error.statusCode !== 404 && !/is not connected/.test(error.message ?? '')) throw error;
      });
  }
}

async function findNetwork(
  docker: Docker,
  namespace: string,
  name: string,
): Promise<Docker.NetworkInspectInfo | undefined> {
  const networks = await docker.listNetworks({ filters: { name: [name] } });
  return networks.find((network) => network.Name === name && isManaged(network.Labels, namespace));
}
