import path from 'node:path';
import { BuilderClient } from '@plat/platform-kit/clients/builder-client.ts';
import { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import { connectDocker } from '@plat/platform-kit/docker/connect.ts';
import { listen, type Running } from '@plat/platform-kit/http-server.ts';
import { createLogger, type Logger } from '@plat/platform-kit/logging.ts';
import { openTracing } from '@plat/platform-kit/telemetry/tracing.ts';
import { COMPONENT, createApp } from './app.ts';
import type { ControllerConfig } from './config.ts';
import { Controller } from './controller.ts';
import { createDockerEdgeRouter } from './docker/docker-edge-router.ts';
import type { EdgeRouter } from './edge-networks.ts';
import { openEngine } from './engine/open-engine.ts';
import type { InstanceHost } from './instance-host.ts';
import { expireLogs } from './expire-logs.ts';
import { InstanceSampler } from './instance-sampler.ts';
import { ControllerMetrics } from './controller-metrics.ts';
import { KeptLogs } from './kept-logs.ts';
import { WakeTraces } from './wake-traces.ts';
import { Snapshot } from './snapshot.ts';

export type StartDeps = { host?: InstanceHost; edgeRouter?: EdgeRouter; logger?: Logger };

export async function start(config: ControllerConfig, deps: StartDeps = {}): Promise<Running> {
  const logger = deps.logger ?? createLogger(COMPONENT, { level: config.LOG_LEVEL });
  const metadata = new MetadataClient({ url: config.METADATA_URL, internalToken: config.INTERNAL_TOKEN });
  const builder = new BuilderClient({ url: config.BUILDER_URL, internalToken: config.INTERNAL_TOKEN });
  const proxy = new ProxyClient({ url: config.PROXY_URL, internalToken: config.INTERNAL_TOKEN });
  const engine = deps.host ? undefined : openEngine(config, logger);
  const metrics = new ControllerMetrics();
  const tracing = await openTracing(config, { service: COMPONENT, logger });
  const wakeTraces = tracing && new WakeTraces(tracing);
  const timed = metrics.timeEngine(deps.host ?? engine!.host);
  const host = wakeTraces ? wakeTraces.traceHost(timed) : timed;
  const keptLogs = new KeptLogs(path.join(config.DATA_DIR, 'logs'), {
    keepMs: config.LOGS_KEEP_DAYS * 86_400_000,
  });
  const controller = new Controller({
    host,
    metadata,
    builder,
    proxy,
    logger,
    keptLogs,
    snapshot: new Snapshot(config.DATA_DIR, logger),
    limits: { pids: config.INSTANCE_PIDS, tmpMb: config.INSTANCE_TMP_MB },
    budget: {
      memoryMb: config.INSTANCES_MEMORY_MB,
      cpuOvercommit: config.INSTANCES_CPU_OVERCOMMIT,
      pids: config.INSTANCES_PIDS,
      queueLimit: config.START_QUEUE_LIMIT,
      queueTimeoutMs: config.START_QUEUE_TIMEOUT_SECONDS * 1000,
    },
    edge: {
      namespace: config.PLAT_NAMESPACE,
      domain: config.DOMAIN,
      certResolver: config.EDGE_CERT_RESOLVER,
    },
    edgeRouter: deps.edgeRouter ?? edgeRouter(config),
    readyTimeoutMs: config.READY_TIMEOUT_SECONDS * 1000,
    drainTimeoutMs: config.DRAIN_TIMEOUT_SECONDS * 1000,
    drainLimitMs: config.DRAIN_LIMIT_SECONDS * 1000,
    stopGraceMs: config.STOP_GRACE_SECONDS * 1000,
    pools: { limit: config.POOL_LIMIT, keepMs: config.POOL_KEEP_MINUTES * 60_000 },
    resyncMs: config.RESYNC_SECONDS * 1000,
    onRun: metrics.noteRun,
  });
  const sampler = new InstanceSampler({ host, metadata, logger, isLocal: isLocal(config) });
  metrics.follow(sampler);
  const closing = new AbortController();
  const app = createApp({
    controller,
    host,
    proxy,
    keptLogs,
    sampler,
    wakeTraces,
    engine: () => engine?.docker(),
    dataFolder: config.DATA_DIR,
    closing: closing.signal,
    metrics,
    internalToken: config.INTERNAL_TOKEN,
    logger,
  });
  const server = await listen(app, config.CONTROLLER_LISTEN);
  const keeper = engine?.keeper({ controller, builder });
  await controller.start();
  sampler.start();
  keeper?.start();
  const expiring = expireLogs(keptLogs, { logger }, closing.signal);
  logger.info({ url: server.url, engine: host.engine }, 'listening');
  return {
    url: server.url,
    close: async () => {
      closing.abort();
      // The controller answers its waiting callers while the server drains.
      await Promise.all([server.close(), controller.close(), sampler.close(), keeper?.close(), expiring]);
      await Promise.all([metadata.close(), builder.close(), proxy.close(), tracing?.close()]);
    },
  };
}

/** An engine behind a socket is on this machine. */
function isLocal({ ENGINE, DOCKER_HOST }: ControllerConfig): boolean {
  return ENGINE === 'process' || DOCKER_HOST === undefined || DOCKER_HOST.startsWith('unix:');
}

function edgeRouter(config: ControllerConfig): EdgeRouter | undefined {
  if (config.TRAEFIK_CONTAINER === undefined) return undefined;
  return createDockerEdgeRouter({
    docker: connectDocker(config.DOCKER_HOST),
    namespace: config.PLAT_NAMESPACE,
    container: config.TRAEFIK_CONTAINER,
  });
}
