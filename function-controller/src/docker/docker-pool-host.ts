import type Docker from 'dockerode';
import { assignedName, readIdentity, readPoolLabels } from '@plat/platform-kit/docker/pool-names.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { InstanceSpec } from '../instance-host.ts';
import { specHash } from '../instance-spec.ts';
import type { PoolHost, PoolSpec } from '../pools/pool-host.ts';
import { pooledContainerOptions } from './container-options.ts';
import { networkName } from './project-network.ts';
import type { SharedLists } from './shared-lists.ts';

export type DockerPoolOptions = {
  docker: Docker;
  namespace: string;
  lists: SharedLists;
  /** A call to the engine with a deadline and the errors of InstanceHost. */
  ask: <T>(
    call: (signal: AbortSignal) => Promise<T>,
    options?: { timeoutMs?: number; signal?: AbortSignal },
  ) => Promise<T>;
  /** Creates a container and starts it on its project's network; leaves nothing when that fails. */
  run: (options: Docker.ContainerCreateOptions, project: string, signal: AbortSignal) => Promise<string>;
  startMs: number;
};

/** Pools of containers of one Docker Engine. Which of them became an instance stands in its name (see `pool-names.ts`). */
export function createDockerPoolHost({
  docker,
  namespace,
  lists,
  ask,
  run,
  startMs,
}: DockerPoolOptions): PoolHost {
  async function pooled(id: string, signal: AbortSignal): Promise<{ project: string } | undefined> {
    const info = await docker
      .getContainer(id)
      .inspect({ abortSignal: signal })
      .catch((error: { statusCode?: number }) => {
        if (error.statusCode === 404) return undefined;
        throw error;
      });
    const labels = info?.Config.Labels;
    if (readIdentity({ name: info?.Name, labels }, namespace)) return undefined;
    return readPoolLabels(labels, namespace);
  }

  return {
    start: (spec: PoolSpec, instance, signal) => {
      const place = { namespace, network: networkName(namespace, spec.project), instance };
      const options = pooledContainerOptions(spec, place);
      return ask((over) => run(options, spec.project, over), { timeoutMs: startMs, signal });
    },
    list: (signal) => ask(() => lists.pooled(), { ...(signal && { signal }) }),
    assign: (id, spec: InstanceSpec, instance) =>
      ask(async (over) => {
        const own = await pooled(id, over);
        if (own?.project !== spec.project)
          throw new PlatformError(
            'not_found',
            `There is no container "${id}" in a pool of the project "${spec.project}".`,
          );
        const { functionId, project, function: name, version } = spec;
        const labels = { functionId, project, function: name, version, instance, spec: specHash(spec) };
        await docker.getContainer(id).rename({ name: assignedName(namespace, labels), abortSignal: over });
      }),
    remove: (id) =>
      ask(async (over) => {
        if (!(await pooled(id, over))) return;
        await docker
          .getContainer(id)
          .remove({ force: true, v: true, abortSignal: over })
          .catch((error: { statusCode?: number }) => {
            // Gone, or on its way.
            if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
          });
      }),
  };
}
