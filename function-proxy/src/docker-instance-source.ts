import type Docker from 'dockerode';
import { listManaged, watchManaged } from '@plat/platform-kit/docker/managed-containers.ts';
import type { InstanceSource } from './instance-source.ts';

/** What else a container does (exec, health checks, attach) says nothing about whether it can be reached. */
const BEGINS = new Set(['start', 'restart', 'unpause']);
const ENDS = new Set(['die', 'stop', 'pause', 'destroy', 'oom']);

/** Finds the instances of one installation by their labels on a Docker engine. */
export function dockerInstanceSource(docker: Docker, namespace: string): InstanceSource {
  return {
    list: (signal) => listManaged(docker, namespace, { signal }),
    watch: ({ signal, onOpen, onEvent }) =>
      watchManaged(docker, {
        namespace,
        signal,
        onOpen,
        onEvent: ({ id, action }) => {
          if (BEGINS.has(action)) onEvent({ id, began: true });
          else if (ENDS.has(action)) onEvent({ id, began: false });
        },
      }),
  };
}
