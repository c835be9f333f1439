import type Docker from 'dockerode';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { ProxyConfig } from '../config.ts';
import type { Dialer } from '../dialer.ts';
import type { NetworkMember } from '../network-member.ts';
import { decideWay } from './decide-way.ts';
import { Reach, reachDirectly, type ReachView } from './reach.ts';
import { readWayFacts } from './read-way-facts.ts';
import { openRelay } from './relay-container.ts';
import { RelayKeeper } from './relay-keeper.ts';

/** The way to instances. `member`: the proxy itself, when it joins their networks. */
export function createReach(
  config: Pick<
    ProxyConfig,
    'ENGINE' | 'PLAT_NAMESPACE' | 'DOCKER_HOST' | 'RELAY' | 'RELAY_IMAGE' | 'RELAY_IDLE_SECONDS'
  >,
  { docker, member, logger }: { docker: Docker; member: NetworkMember | undefined; logger: Logger },
): { reach: Dialer & NetworkMember & ReachView; close: () => Promise<void> } {
  const close = async () => undefined;
  if (config.ENGINE === 'process')
    return { reach: reachDirectly('instances are processes of this host'), close };
  if (member) return { reach: reachDirectly("the function-proxy is on functions' networks", member), close };
  const namespace = config.PLAT_NAMESPACE;
  const engine = { docker, namespace, image: config.RELAY_IMAGE, logger };
  const keeper = new RelayKeeper({
    open: (networks, signal) => openRelay(engine, networks, signal),
    logger,
    idleMs: config.RELAY_IDLE_SECONDS * 1000,
  });
  const asked = { docker, namespace, mode: config.RELAY, dockerHost: config.DOCKER_HOST };
  const reach = new Reach({
    decide: async (signal) => decideWay(await readWayFacts({ ...asked, signal })),
    keeper,
    logger,
  });
  return { reach, close: () => keeper.close() };
}
