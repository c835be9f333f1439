import type Docker from 'dockerode';
import { LABELS, isManaged } from '@plat/platform-kit/docker/labels.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import type { EdgeRouter } from '../edge-networks.ts';

const ANSWER_MS = 15_000;

/**
 * Puts Traefik's container on projects' networks. `container` is its name or id, or `label=value`, which may find
 * several or none: what runs is asked from the engine each time.
 */
export function createDockerEdgeRouter(options: {
  docker: Docker;
  namespace: string;
  container: string;
}): EdgeRouter {
  const { docker, namespace, container } = options;
  return {
    join: async (projects) => {
      const abortSignal = deadline(ANSWER_MS);
      const networks = await ourNetworks(docker, namespace, abortSignal);
      for (const id of await findContainers(docker, container, abortSignal)) {
        const info = await docker
          .getContainer(id)
          .inspect({ abortSignal })
          .catch(ignore([404]));
        if (!info) continue;
        const joined = new Set(
          Object.values(info.NetworkSettings.Networks).map((network) => network.NetworkID),
        );
        const names = new Set(Object.keys(info.NetworkSettings.Networks));
        for (const network of networks) {
          // Of a container that does not run, the engine tells names and no ids.
          const isJoined = joined.has(network.id) || names.has(network.name);
          const target = { Container: info.Id, abortSignal };
          if (projects.has(network.project) && !isJoined)
            await docker
              .getNetwork(network.id)
              .connect(target)
              .catch(ignore([403, 404]));
          if (!projects.has(network.project) && isJoined)
            await docker
              .getNetwork(network.id)
              .disconnect({ ...target, Force: true })
              .catch(ignore([403, 404]));
        }
      }
    },
  };
}

type ProjectNetwork = { id: string; name: string; project: string };

async function ourNetworks(
  docker: Docker,
  namespace: string,
  abortSignal: AbortSignal,
): Promise<ProjectNetwork[]> {
  const label = [`${LABELS.managed}=true`, `${LABELS.namespace}=${namespace}`];
  const found = await docker.listNetworks({ filters: { label }, abortSignal });
  return found.flatMap(({ Id, Name, Labels }) => {
    const project = Labels?.[LABELS.project];
    return project && isManaged(Labels, namespace) ? [{ id: Id, name: Name, project }] : [];
  });
}

async function findContainers(
  docker: Docker,
  container: string,
  abortSignal: AbortSignal,
): Promise<string[]> {
  if (!container.includes('=')) return [container];
  const found = await docker.listContainers({ all: true, filters: { label: [container] }, abortSignal });
  return found.map(({ Id }) => Id);
}

/** 403: it is so already, or no longer; 404: one of the two is gone. The next look sees what is true. */
function ignore(statuses: number[]): (error: unknown) => undefined {
  return (error) => {
    if (statuses.includes((error as { statusCode?: number }).statusCode ?? 0)) return undefined;
    throw error;
  };
}
