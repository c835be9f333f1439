import type Docker from 'dockerode';
import { engineAwayError, isEngineAway } from '@plat/platform-kit/docker/connect.ts';
import type { NetworkPool } from '@plat/platform-kit/docker/network-pool.ts';
import { getManaged, listOurs, watchManaged } from '@plat/platform-kit/docker/managed-containers.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';
import { IMAGE_MISSING, type InstanceHost, type InstanceSpec } from '../instance-host.ts';
import { containerExits } from './container-exits.ts';
import { containerLogs } from './container-logs.ts';
import { containerOptions } from './container-options.ts';
import { containerStats } from './container-stats.ts';
import { containerUsage } from './container-usage.ts';
import { createDockerPoolHost } from './docker-pool-host.ts';
import { pullImage } from './pull-image.ts';
import { SharedLists } from './shared-lists.ts';
import {
  ensureProjectNetwork,
  listProjectNetworks,
  networkName,
  removeProjectNetwork,
} from './project-network.ts';

export type DockerHostOptions = {
  docker: Docker;
  namespace: string;
  dockerHost: string | undefined;
  /** Where projects' networks get their subnets; from the engine's own pools when left out. */
  networkPool?: NetworkPool;
  /** For pulling images that the engine does not have. */
  registryAuth?: { username: string; password: string };
};

/** How long the engine may take for an answer: for most things, for a start, for saying whether it is there. */
const ANSWER_MS = 30_000;
const START_MS = 60_000;
const PULL_MS = 300_000;
const INFO_MS = 3000;

/** Runs instances as containers of one Docker Engine. */
export function createDockerInstanceHost({
  docker,
  namespace,
  dockerHost,
  networkPool,
  registryAuth,
}: DockerHostOptions): InstanceHost {
  /** Every call goes through here, so that "the engine is away" or hangs is the same error everywhere. */
  async function ask<T>(
    call: (signal: AbortSignal) => Promise<T>,
    { timeoutMs = ANSWER_MS, signal }: { timeoutMs?: number; signal?: AbortSignal } = {},
  ): Promise<T> {
    const over = deadline(timeoutMs, signal);
    try {
      return await orAborted(call(over), over);
    } catch (error) {
      if (signal?.aborted) throw error;
      throw over.aborted || isEngineAway(error) ? engineAwayError(dockerHost, error) : error;
    }
  }

  const lists = new SharedLists((label) =>
    ask((signal) => listOurs(docker, namespace, { ...(label && { label }), signal })),
  );

  async function start(spec: InstanceSpec, instance: string, signal: AbortSignal): Promise<string> {
    const network = networkName(namespace, spec.project);
    return run(containerOptions(spec, { namespace, network, instance }), spec.project, signal);
  }

  async function run(
    options: Docker.ContainerCreateOptions,
    project: string,
    signal: AbortSignal,
  ): Promise<string> {
    const container = await create({ ...options, abortSignal: signal });
    try {
      await container.start({ abortSignal: signal }).catch(async (error: unknown) => {
        if (!isNetworkMissing(error)) throw error;
        // It nearly always exists, and asking each time would cost every cold start.
        await ensureProjectNetwork(docker, { namespace, project, pool: networkPool });
        await container.start({ abortSignal: signal });
      });
    } catch (error) {
      await ask(() => container.remove({ force: true, v: true })).catch(() => undefined);
      throw error;
    }
    return container.id;
  }

  async function create(options: Docker.ContainerCreateOptions): Promise<Docker.Container> {
    try {
      return await docker.createContainer(options);
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 404 && /no such image/i.test(String(error))) {
        throw new PlatformError(
          'unavailable',
          'The image is no longer on the engine; deploy the function again.',
          { cause: error, details: { reason: IMAGE_MISSING } },
        );
      }
      throw error;
    }
  }

  async function stop(id: string, graceMs: number, signal: AbortSignal): Promise<void> {
    const { container, info } = await managed(id, signal);
    if (info.State.Paused) await container.unpause({ abortSignal: signal }).catch(ignoreNotPaused);
    await container.stop({ t: Math.ceil(graceMs / 1000), abortSignal: signal }).catch(ignoreRaces);
  }

  async function resume(
    id: string,
    only: { functionId: string; version: number } | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const { container, info, labels } = await managed(id, signal);
    if (only && (labels.functionId !== only.functionId || labels.version !== only.version))
      throw new PlatformError('not_found', `There is no instance "${id}" of this version.`);
    if (info.State.Paused) await container.unpause({ abortSignal: signal }).catch(ignoreNotPaused);
    else if (!info.State.Running) await container.start({ abortSignal: signal }).catch(ignoreStarted);
  }

  async function remove(id: string, graceMs: number, signal: AbortSignal): Promise<void> {
    const found = await getManaged(docker, namespace, id, signal).catch(ignoreMissing);
    if (!found) return;
    const { container, info } = found;
    if (info.State.Paused) await container.unpause({ abortSignal: signal }).catch(ignoreNotPaused);
    if (info.State.Running && graceMs > 0)
      await container.stop({ t: Math.ceil(graceMs / 1000), abortSignal: signal }).catch(ignoreRaces);
    await container.remove({ force: true, v: true, abortSignal: signal }).catch(ignoreRaces);
  }

  const managed = (id: string, signal: AbortSignal) => getManaged(docker, namespace, id, signal);

  return {
    engine: 'docker',
    pool: createDockerPoolHost({ docker, namespace, lists, ask, run, startMs: START_MS }),
    start: async (spec, signal, instance = newId()) => {
      const attempt = () => ask((over) => start(spec, instance, over), { timeoutMs: START_MS, signal });
      try {
        return await attempt();
      } catch (error) {
        if (!spec.imageRef || !isImageMissing(error)) throw error;
        const { imageRef } = spec;
        await ask((over) => pullImage(docker, imageRef, { auth: registryAuth, signal: over }), {
          timeoutMs: PULL_MS,
          signal,
        });
        return attempt();
      }
    },
    remove: (id, { graceMs }) => ask((over) => remove(id, graceMs, over), { timeoutMs: graceMs + ANSWER_MS }),
    pause: (id) =>
      ask(async (over) => {
        const { container } = await managed(id, over);
        await container.pause({ abortSignal: over }).catch(ignoreRaces);
      }),
    stop: (id, { graceMs }) => ask((over) => stop(id, graceMs, over), { timeoutMs: graceMs + ANSWER_MS }),
    resume: (id, only) => ask((over) => resume(id, only, over), { timeoutMs: START_MS }),
    list: (filter, signal) =>
      // The lists have a deadline of their own, which waits for the one before them.
      ask(() => lists.instances(filter?.functionId), { signal, timeoutMs: 2 * ANSWER_MS }),
    watch: async ({ signal, onOpen, onEvent }) => {
      try {
        await watchManaged(docker, {
          namespace,
          signal,
          onOpen,
          onEvent: (event) => onEvent(event.labels.functionId, event.action),
        });
      } catch (error) {
        if (signal.aborted) return;
        throw isEngineAway(error) ? engineAwayError(dockerHost, error) : error;
      }
    },
    exits: (id) => ask(async (over) => containerExits(docker, (await managed(id, over)).info, over)),
    stats: (id) => ask(async (over) => containerStats((await managed(id, over)).container)),
    usage: (id) => ask(async (over) => containerUsage((await managed(id, over)).container)),
    logs: async function* (id, query, signal) {
      const { container, labels } = await ask((over) => managed(id, over), { signal });
      yield* containerLogs(container, { instance: labels.instance, version: labels.version }, query, signal);
    },
    forgetProject: (project) => ask(() => removeProjectNetwork(docker, namespace, project)),
    listProjects: () => ask(() => listProjectNetworks(docker, namespace)),
    resources: async () => {
      const { MemTotal, NCPU } = (await ask(() => docker.info())) as { MemTotal: number; NCPU: number };
      return { memoryMb: Math.floor(MemTotal / 1_048_576), cpus: NCPU };
    },
    info: async () => {
      try {
        const version = await ask(() => docker.version(), { timeoutMs: INFO_MS });
        return { engine: 'docker', available: true, version: version.Version, problem: null };
      } catch (error) {
        const problem = error instanceof PlatformError ? error.message : 'The engine answered with an error.';
        return { engine: 'docker', available: false, version: null, problem };
      }
    },
  };
}

/** Not every call of the library can be aborted: this one at least is no longer waited for. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}

function isImageMissing(error: unknown): boolean {
  return error instanceof PlatformError && error.details?.['reason'] === IMAGE_MISSING;
}

function isNetworkMissing(error: unknown): boolean {
  return (
    (error as { statusCode?: number }).statusCode === 404 && /network \S+ not found/i.test(String(error))
  );
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof PlatformError && error.code === 'not_found') return undefined;
  throw error;
}

/** 304, 404, 409: it is already as asked, or on its way there. */
function ignoreRaces(error: unknown): void {
  if (![304, 404, 409].includes((error as { statusCode?: number }).statusCode ?? 0)) throw error;
}

function ignoreStarted(error: unknown): void {
  if ((error as { statusCode?: number }).statusCode !== 304) throw error;
}

/** The engine answers 500 to a resume of what is not paused. */
function ignoreNotPaused(error: unknown): void {
  if (!/is not paused/.test(String(error))) ignoreRaces(error);
}
