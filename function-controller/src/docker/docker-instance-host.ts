import type Docker from 'dockerode';
import { engineAwayError, isEngineAway } from '@plat/platform-kit/docker/connect.ts';
import { getManaged, listManaged, watchManaged } from '@plat/platform-kit/docker/managed-containers.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import type { InstanceHost, InstanceSpec } from '../instance-host.ts';
import { containerLogs } from './container-logs.ts';
import { containerOptions } from './container-options.ts';
import { containerStats } from './container-stats.ts';
import {
  ensureProjectNetwork,
  listProjectNetworks,
  networkName,
  removeProjectNetwork,
} from './project-network.ts';

export type DockerHostOptions = { docker: Docker; namespace: string; dockerHost: string | undefined };

/** Runs instances as containers of one Docker Engine. */
export function createDockerInstanceHost({ docker, namespace, dockerHost }: DockerHostOptions): InstanceHost {
  /** Every call goes through here, so that "the engine is away" is the same error everywhere. */
  async function ask<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw isEngineAway(error) ? engineAwayError(dockerHost, error) : error;
    }
  }

  async function start(spec: InstanceSpec, signal?: AbortSignal): Promise<string> {
    const network = networkName(namespace, spec.project);
    const options = {
      ...containerOptions(spec, { namespace, network, instance: newId() }),
      abortSignal: signal,
    };
    const container = await createOnNetwork(options, spec);
    try {
      await container.start({ abortSignal: signal });
    } catch (error) {
      await container.remove({ force: true }).catch(() => undefined);
      throw error;
    }
    return container.id;
  }

  /** The network nearly always exists: it is made only when the engine says that it does not. */
  async function createOnNetwork(
    options: Docker.ContainerCreateOptions,
    spec: InstanceSpec,
  ): Promise<Docker.Container> {
    await ensureProjectNetwork(docker, namespace, spec.project);
    try {
      return await docker.createContainer(options);
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 404 && /no such image/i.test(String(error))) {
        throw new PlatformError(
          'unavailable',
          `The image of version ${spec.version} is no longer on the engine; deploy the function again.`,
          {
            cause: error,
          },
        );
      }
      throw error;
    }
  }

  async function remove(id: string, { graceMs }: { graceMs: number }): Promise<void> {
    const found = await getManaged(docker, namespace, id).catch(ignoreMissing);
    if (!found) return;
    const seconds = Math.ceil(graceMs / 1000);
    if (found.info.State.Paused) await found.container.unpause().catch(ignoreRaces);
    if (found.info.State.Running && graceMs > 0)
      await found.container.stop({ t: seconds }).catch(ignoreRaces);
    await found.container.remove({ force: true, v: true }).catch(ignoreRaces);
  }

  return {
    engine: 'docker',
    start: (spec, signal) => ask(() => start(spec, signal)),
    remove: (id, options) => ask(() => remove(id, options)),
    pause: (id) =>
      ask(
        async () =>
          void (await (await getManaged(docker, namespace, id)).container.pause().catch(ignoreRaces)),
      ),
    resume: (id) =>
      ask(
        async () =>
          void (await (await getManaged(docker, namespace, id)).container.unpause().catch(ignoreRaces)),
      ),
    list: (filter, signal) => ask(() => listManaged(docker, namespace, { ...filter, signal })),
    watch: ({ signal, onOpen, onEvent }) =>
      ask(() =>
        watchManaged(docker, {
          namespace,
          signal,
          onOpen,
          onEvent: (event) => onEvent(event.labels.functionId, event.action),
        }),
      ),
    exits: (id) =>
      ask(async () => {
        const { info } = await getManaged(docker, namespace, id);
        const ended = info.RestartCount > 0 || !info.State.Running;
        return {
          restarts: info.RestartCount,
          exitCode: ended ? info.State.ExitCode : null,
          outOfMemory: info.State.OOMKilled,
          startedAt: info.State.Running ? new Date(info.State.StartedAt).toISOString() : null,
        };
      }),
    stats: (id) => ask(async () => containerStats((await getManaged(docker, namespace, id)).container)),
    logs: async function* (id, query, signal) {
      const { container, labels } = await ask(() => getManaged(docker, namespace, id));
      yield* containerLogs(container, { instance: labels.instance, version: labels.version }, query, signal);
    },
    forgetProject: (project) => ask(() => removeProjectNetwork(docker, namespace, project)),
    listProjects: () => ask(() => listProjectNetworks(docker, namespace)),
    info: async () => {
      try {
        const version = await ask(() => docker.version());
        return { engine: 'docker', available: true, version: version.Version, problem: null };
      } catch (error) {
        const problem = error instanceof PlatformError ? error.message : 'The engine answered with an error.';
        return { engine: 'docker', available: false, version: null, problem };
      }
    },
  };
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof PlatformError && error.code === 'not_found') return undefined;
  throw error;
}

/** 304, 404, 409: it is already as asked, or on its way there. */
function ignoreRaces(error: { statusCode?: number }): void {
  if (![304, 404, 409].includes(error.statusCode ?? 0)) throw error;
}
