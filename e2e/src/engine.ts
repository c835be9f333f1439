import { connectDocker } from '@plat/platform-kit/docker/connect.ts';
import { LABELS } from '@plat/platform-kit/docker/labels.ts';
import { readIdentity } from '@plat/platform-kit/docker/pool-names.ts';

export const docker = connectDocker(process.env['DOCKER_HOST']);

/** Why tests against real containers cannot run on this machine; undefined when they can. */
export async function engineProblem(): Promise<string | undefined> {
  try {
    await docker.ping();
    return undefined;
  } catch {
    if (process.env['PLAT_FORBID_SKIPS'] === '1')
      throw new Error('No Docker engine answers, and skips are forbidden.');
    return 'no Docker engine answers';
  }
}

/** Everything on the engine that one installation made. */
export async function leftovers(
  namespace: string,
): Promise<{ containers: string[]; images: string[]; networks: string[] }> {
  const filters = { label: [`${LABELS.namespace}=${namespace}`] };
  const [containers, images, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listImages({ filters }),
    docker.listNetworks({ filters }),
  ]);
  return {
    containers: containers.map((container) => container.Id),
    images: images.map((image) => image.Id),
    networks: networks.map((network) => network.Id),
  };
}

/** Removes everything an installation left on the engine. */
export async function removeLeftovers(namespace: string): Promise<void> {
  const left = await leftovers(namespace);
  await Promise.all(
    left.containers.map((id) =>
      docker
        .getContainer(id)
        .remove({ force: true })
        .catch(() => undefined),
    ),
  );
  await Promise.all(
    left.networks.map((id) =>
      docker
        .getNetwork(id)
        .remove()
        .catch(() => undefined),
    ),
  );
  await Promise.all(
    left.images.map((id) =>
      docker
        .getImage(id)
        .remove({ force: true })
        .catch(() => undefined),
    ),
  );
}

/** The containers of one function, newest first. Those that came from a pool say in their names whose they are. */
export async function containersOf(namespace: string, project: string, name: string) {
  const label = [`${LABELS.namespace}=${namespace}`, `${LABELS.project}=${project}`];
  const containers = await docker.listContainers({ all: true, filters: { label } });
  return containers.filter(
    ({ Names, Labels }) => readIdentity({ name: Names[0], labels: Labels }, namespace)?.function === name,
  );
}
