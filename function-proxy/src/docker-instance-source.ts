import type Docker from 'dockerode';
import { listOurs, watchManaged } from '@plat/platform-kit/docker/managed-containers.ts';
import type { InstanceSource } from './instance-source.ts';
import type { NetworkMember } from './network-member.ts';

/**
 * A container of a pool becomes an instance by its new name; it ran before. What else a container does (exec, health checks, attach) says nothing
 * about whether it can be reached.
 */
const BEGINS = new Set(['start', 'restart']);
const RUNS = new Set(['unpause', 'rename']);
const ENDS = new Set(['die', 'stop', 'pause', 'destroy', 'oom']);

/** An instance that does not run needs nobody on its network. */
const REACHED = new Set(['running', 'paused']);

/**
 * Finds the instances of one installation by their labels on a Docker engine. `member`: who has to be on their networks
 * before they can be reached; it is when the list is handed out.
 */
export function dockerInstanceSource(
  docker: Docker,
  namespace: string,
  member?: NetworkMember,
): InstanceSource {
  return {
    list: async (signal) => {
      const { instances, pooled } = await listOurs(docker, namespace, { signal });
      const reached = [...instances, ...pooled].filter(({ status }) => REACHED.has(status));
      await member?.join(new Set(reached.flatMap(({ networks }) => networks)), signal);
      return instances;
    },
    watch: ({ signal, onOpen, onEvent }) =>
      watchManaged(docker, {
        namespace,
        signal,
        onOpen,
        onEvent: ({ id, action }) => {
          if (BEGINS.has(action)) onEvent({ id, began: true });
          else if (RUNS.has(action)) onEvent({ id, began: false, runs: true });
          else if (ENDS.has(action)) onEvent({ id, began: false });
        },
      }),
  };
}
