import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { PlatformError } from '../errors.ts';
import { LABELS, type InstanceLabels } from './labels.ts';
import { readIdentity, readPoolLabels, type PoolLabels } from './pool-names.ts';

type Listed = {
  id: string;
  name: string;
  status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  /** Its IP on the project's network while it runs. */
  address: string | null;
  /** Names of the networks it is on. */
  networks: string[];
  createdAtMs: number;
};

/** An instance of ours as the engine lists it. `fromPool`: it was started without its function, and cannot start again. */
export type ManagedContainer = Listed & { labels: InstanceLabels; fromPool: boolean };
/** A container of one of our pools that nobody has. */
export type PooledContainer = Listed & { labels: PoolLabels };

export type ContainerEvent = { id: string; action: string; labels: InstanceLabels };

/** Every instance of this installation, in any state; with `functionId`, of that function only. */
export async function listManaged(
  docker: Docker,
  namespace: string,
  { functionId, signal }: { functionId?: string; signal?: AbortSignal } = {},
): Promise<ManagedContainer[]> {
  if (functionId === undefined) return (await listOurs(docker, namespace, { signal })).instances;
  // The engine finds by labels, and those of containers from a pool do not say whose they are.
  const lists = await Promise.all(
    [`${LABELS.functionId}=${functionId}`, LABELS.pool].map((label) =>
      listOurs(docker, namespace, { label, signal }),
    ),
  );
  return lists.flatMap(({ instances }) => instances).filter(({ labels }) => labels.functionId === functionId);
}

/** Every instance of this installation and, apart from them, every container of its pools that nobody has. `label` narrows. */
export async function listOurs(
  docker: Docker,
  namespace: string,
  { label, signal }: { label?: string; signal?: AbortSignal | undefined } = {},
): Promise<{ instances: ManagedContainer[]; pooled: PooledContainer[] }> {
  const filters = [`${LABELS.managed}=true`, `${LABELS.namespace}=${namespace}`, ...(label ? [label] : [])];
  const found = await docker.listContainers({
    all: true,
    filters: { label: filters },
    abortSignal: signal,
  });
  const instances: ManagedContainer[] = [];
  const pooled: PooledContainer[] = [];
  for (const container of found) {
    const name = (container.Names[0] ?? '').replace(/^\//, '');
    const networks = Object.entries(container.NetworkSettings.Networks);
    const listed: Listed = {
      id: container.Id,
      name,
      status: container.State as Listed['status'],
      address: networks.map(([, network]) => network.IPAddress).find(Boolean) ?? null,
      networks: networks.map(([networkName]) => networkName),
      createdAtMs: container.Created * 1000,
    };
    const labels = readIdentity({ name, labels: container.Labels }, namespace);
    const pool = readPoolLabels(container.Labels, namespace);
    if (labels) instances.push({ ...listed, labels, fromPool: pool !== undefined });
    else if (pool) pooled.push({ ...listed, labels: pool });
  }
  return { instances, pooled };
}

/**
 * The one way to a container by its id: it is looked at first, and one that is not ours is `not_found`, whatever id a
 * caller made up.
 */
export async function getManaged(
  docker: Docker,
  namespace: string,
  id: string,
  signal?: AbortSignal,
): Promise<{ container: Docker.Container; info: Docker.ContainerInspectInfo; labels: InstanceLabels }> {
  // The id becomes part of a path at the engine.
  if (!/^[\w.-]{1,128}$/.test(id)) throw new PlatformError('not_found', `There is no instance "${id}".`);
  const container = docker.getContainer(id);
  const info = await container.inspect({ abortSignal: signal }).catch((error: { statusCode?: number }) => {
    if (error.statusCode === 404) return undefined;
    throw error;
  });
  const labels = readIdentity({ name: info?.Name, labels: info?.Config.Labels }, namespace);
  if (!info || !labels) throw new PlatformError('not_found', `There is no instance "${id}".`);
  return { container, info, labels };
}

/**
 * Reports what happens to our containers until `signal` aborts or the stream breaks (then it returns or throws: the
 * caller lists everything anew and watches again). `onOpen` is called once events can no longer be missed.
 */
export async function watchManaged(
  docker: Docker,
  options: {
    namespace: string;
    signal: AbortSignal;
    onOpen: () => void;
    onEvent: (event: ContainerEvent) => void;
  },
): Promise<void> {
  const label = [`${LABELS.managed}=true`, `${LABELS.namespace}=${options.namespace}`];
  const stream = (await docker.getEvents({
    filters: { type: ['container'], label },
    abortSignal: options.signal,
  })) as Readable;
  options.onOpen();
  const stop = () => stream.destroy();
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    let rest = '';
    for await (const chunk of stream) {
      rest += String(chunk);
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (!line.trim()) continue;
        const event = JSON.parse(line) as {
          Action: string;
          Actor: { ID: string; Attributes: Record<string, string> };
        };
        const { name } = event.Actor.Attributes;
        const labels = readIdentity({ name, labels: event.Actor.Attributes }, options.namespace);
        if (labels) options.onEvent({ id: event.Actor.ID, action: event.Action, labels });
      }
    }
  } finally {
    options.signal.removeEventListener('abort', stop);
    stream.destroy();
  }
}
