import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { PlatformError } from '../errors.ts';
import { LABELS, readLabels, type InstanceLabels } from './labels.ts';

/** A container of ours as the engine lists it. `address` is its IP on the project's network while it runs. */
export type ManagedContainer = {
  id: string;
  name: string;
  labels: InstanceLabels;
  status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  address: string | null;
  /** Names of the networks it is on. */
  networks: string[];
  createdAtMs: number;
};

export type ContainerEvent = { id: string; action: string; labels: InstanceLabels };

/** Every container of this installation, in any state; with `functionId`, of that function only. */
export async function listManaged(
  docker: Docker,
  namespace: string,
  options: { functionId?: string; signal?: AbortSignal } = {},
): Promise<ManagedContainer[]> {
  const label = [`${LABELS.managed}=true`, `${LABELS.namespace}=${namespace}`];
  if (options.functionId) label.push(`${LABELS.functionId}=${options.functionId}`);
  const found = await docker.listContainers({ all: true, filters: { label }, abortSignal: options.signal });
  return found.flatMap((container) => {
    const labels = readLabels(container.Labels, namespace);
    if (!labels) return [];
    const networks = Object.entries(container.NetworkSettings.Networks);
    return [
      {
        id: container.Id,
        name: (container.Names[0] ?? '').replace(/^\//, ''),
        labels,
        status: container.State as ManagedContainer['status'],
        address: networks.map(([, network]) => network.IPAddress).find(Boolean) ?? null,
        networks: networks.map(([name]) => name),
        createdAtMs: container.Created * 1000,
      },
    ];
  });
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
  const labels = readLabels(info?.Config.Labels, namespace);
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
        const labels = readLabels(event.Actor.Attributes, options.namespace);
        if (labels) options.onEvent({ id: event.Actor.ID, action: event.Action, labels });
      }
    }
  } finally {
    options.signal.removeEventListener('abort', stop);
    stream.destroy();
  }
}
