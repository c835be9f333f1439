import type Docker from 'dockerode';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { NetworkMember } from './network-member.ts';

/**
 * Puts a container of this engine, the function-proxy's own, on networks. What it is on is asked from the engine each
 * time: a network may have gone and come again under its name.
 */
export function createDockerNetworkMember(options: {
  docker: Docker;
  container: string;
  logger: Logger;
}): NetworkMember {
  const { docker, container, logger } = options;
  return {
    join: async (networks, abortSignal) => {
      if (networks.size === 0) return;
      const info = await docker.getContainer(container).inspect({ abortSignal });
      const missing = [...networks].filter((name) => !(name in info.NetworkSettings.Networks));
      for (const name of missing) {
        try {
          await docker.getNetwork(name).connect({ Container: info.Id });
          logger.info({ network: name }, 'joined');
        } catch (error) {
          const { statusCode } = error as { statusCode?: number };
          if (statusCode === undefined) throw error;
          // Gone meanwhile, or joined by somebody else; the others are still wanted.
          logger.warn({ network: name, err: error }, 'a network could not be joined');
        }
      }
    },
  };
}
