import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { ControllerClient } from '@plat/platform-kit/clients/controller-client.ts';
import { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import { connectDocker } from '@plat/platform-kit/docker/connect.ts';
import type { Running } from '@plat/platform-kit/http-server.ts';
import type { Invoker } from '@plat/platform-kit/invoker.ts';
import { listenByName } from '@plat/platform-kit/listen-by-name.ts';
import { createLogger } from '@plat/platform-kit/logging.ts';
import { openTracing } from '@plat/platform-kit/telemetry/tracing.ts';
import { createApp } from './app.ts';
import type { ProxyConfig } from './config.ts';
import { createProxy, type ProxyDeps } from './create-proxy.ts';
import { dockerInstanceSource } from './docker-instance-source.ts';
import { createDockerNetworkMember } from './docker-network-member.ts';
import { createEdgeListener } from './edge-listener.ts';
import { createGatewayListener } from './gateway-listener.ts';
import { COMPONENT } from './invoke.ts';
import type { InstanceSource } from './instance-source.ts';
import { PooledContainers } from './pooled-containers.ts';
import { processInstanceSource } from './process-instance-source.ts';
import { createReach } from './relay/create-reach.ts';
import { twoEngineSource } from './two-engine-source.ts';

/** `invoker`: the data plane for a gateway in the same process. `edgeUrl` is undefined unless EDGE_LISTEN is set. */
export type RunningProxy = Running & { invoker: Invoker; edgeUrl: string | undefined };

/** How long the start waits for the record. Without it the proxy listens all the same, and says that it knows nothing. */
const SYNC_MS = 10_000;

export type ProxyTiming = { lingerMs?: number; syncMs?: number };

/**
 * Starts the proxy. Whatever `deps` leaves out is made from the configuration, and closed with the proxy. `lingerMs`: how
 * long its clients' kept connections outlive `close`.
 */
export async function start(
  config: ProxyConfig,
  { lingerMs = 0, syncMs = SYNC_MS, ...deps }: Partial<ProxyDeps> & ProxyTiming = {},
): Promise<RunningProxy> {
  const logger = deps.logger ?? createLogger(COMPONENT, { level: config.LOG_LEVEL });
  const internalToken = config.INTERNAL_TOKEN;
  const metadata = new MetadataClient({ url: config.METADATA_URL, internalToken });
  const controller = new ControllerClient({ url: config.CONTROLLER_URL, internalToken });
  const docker = connectDocker(config.DOCKER_HOST);
  const member = config.JOIN_NETWORKS
    ? createDockerNetworkMember({ docker, container: config.CONTAINER_ID, logger })
    : undefined;
  const { reach, close: closeReach } = createReach(config, { docker, member, logger });
  const tracing = deps.tracing ?? (await openTracing(config, { service: COMPONENT, logger }));
  const proxy = createProxy(config, {
    source: instanceSource(config, dockerInstanceSource(docker, config.PLAT_NAMESPACE, reach)),
    metadata,
    controller,
    dialer: reach,
    tracing,
    ...deps,
    logger,
  });
  const { invoker, gatewayInvoker, index, acquirer, discovery, follower, recorder, metrics } = proxy;
  const pooled = new PooledContainers(deps.dialer ?? reach);
  const app = createApp({
    index,
    acquirer,
    discovery,
    follower,
    reach,
    pooled,
    recorder,
    metrics,
    internalToken,
    logger,
  });
  const closeClients = () => Promise.all([metadata.close(), controller.close()]);
  try {
    const upgraded = new Set<Duplex>();
    const track = (server: Server) =>
      server.on('upgrade', (_req, socket: Duplex) => {
        upgraded.add(socket);
        socket.once('close', () => upgraded.delete(socket));
      });
    proxy.start();
    // Who comes before the record was read would be told that nothing exists; the gateway holds calls until we listen.
    await follower.caughtUp(0, syncMs);
    // In Compose the name means the platform network's address, which changes when the container leaves and comes back.
    const internal = await listenByName(
      () => track(createGatewayListener({ app, invoker: gatewayInvoker, internalToken })),
      config.PROXY_LISTEN,
      { logger, lingerMs },
    );
    const edge = config.EDGE_LISTEN
      ? await listenByName(() => track(createEdgeListener(invoker)), config.EDGE_LISTEN, {
          logger,
          lingerMs,
        }).catch(async (error: unknown) => {
          await internal.close();
          throw error;
        })
      : undefined;
    logger.info({ url: internal.url, edgeUrl: edge?.url }, 'listening');
    let closing: Promise<void> | undefined;
    const close = async () => {
      // They never end by themselves, and a server is not closed while one is open.
      for (const socket of upgraded) socket.destroy();
      await Promise.all([edge?.close(), internal.close()]);
      await proxy.close();
      await tracing?.close();
      await closeReach();
      await closeClients();
    };
    return { url: internal.url, edgeUrl: edge?.url, invoker, close: () => (closing ??= close()) };
  } catch (error) {
    await closeClients();
    throw error;
  }
}

function instanceSource(config: ProxyConfig, containers: InstanceSource): InstanceSource {
  if (config.ENGINE === 'docker') return containers;
  const processes = processInstanceSource(config.PROCESS_DIR, config.PLAT_NAMESPACE);
  return config.ENGINE === 'process' ? processes : twoEngineSource(config.PROCESS_DIR, processes, containers);
}
