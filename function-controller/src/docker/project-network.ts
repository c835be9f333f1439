import type Docker from 'dockerode';
import { LABELS, isManaged } from '@plat/platform-kit/docker/labels.ts';

/** The name of a project's network: its instances and the function-proxy are on it, nobody else. */
export function networkName(namespace: string, project: string): string {
  return `${namespace}-functions-${project}`;
}

/** Makes sure the project's network is there. Safe to call side by side: the engine refuses the second of a name. */
export async function ensureProjectNetwork(
  docker: Docker,
  namespace: string,
  project: string,
): Promise<string> {
  const name = networkName(namespace, project);
  if (await findNetwork(docker, namespace, name)) return name;
  await docker
    .createNetwork({
      Name: name,
      Driver: 'bridge',
      Labels: { [LABELS.managed]: 'true', [LABELS.namespace]: namespace, [LABELS.project]: project },
    })
    .catch((error: { statusCode?: number }) => {
      if (error.statusCode !== 409) throw error;
    });
  return name;
}

/** Removes the project's network unless something is still on it. */
export async function removeProjectNetwork(
  docker: Docker,
  namespace: string,
  project: string,
): Promise<void> {
  const found = await findNetwork(docker, namespace, networkName(namespace, project));
  if (!found) return;
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

async function findNetwork(
  docker: Docker,
  namespace: string,
  name: string,
): Promise<Docker.NetworkInspectInfo | undefined> {
  const networks = await docker.listNetworks({ filters: { name: [name] } });
  return networks.find((network) => network.Name === name && isManaged(network.Labels, namespace));
}
