import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ChangeFollower } from '@plat/platform-kit/change-feed.ts';
import { BuilderClient } from '@plat/platform-kit/clients/builder-client.ts';
import type { CloseOptions } from '@plat/platform-kit/close-server.ts';
import { ControllerClient } from '@plat/platform-kit/clients/controller-client.ts';
import { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import { listen, type Running } from '@plat/platform-kit/http-server.ts';
import type { Invoker } from '@plat/platform-kit/invoker.ts';
import { createLogger, type Logger } from '@plat/platform-kit/logging.ts';
import { openTracing } from '@plat/platform-kit/telemetry/tracing.ts';
import { createApp } from './app.ts';
import type { GatewayConfig } from './config.ts';
import { CustomHosts } from './custom-hosts.ts';
import { COMPONENT, type GatewayDeps } from './gateway-deps.ts';
import { EventSources } from './event-sources.ts';
import { GatewayMetrics } from './gateway-metrics.ts';
import { HttpInvoker } from './http-invoker.ts';
import { PortInUseError } from './port-in-use-error.ts';
import { Principals } from './principals.ts';
import { createServiceMetricsReader } from './read-service-metrics.ts';
import { RateLimits } from './rate-limits.ts';
import { RuntimeCatalog } from './runtime-catalog.ts';
import { createGatewayServer } from './server.ts';
import { ServiceHealth } from './service-health.ts';
import { StandingAnswers } from './standing-answers.ts';
import { gatewayChecks } from './gateway-checks.ts';
import { sweepDrafts } from './sweep-drafts.ts';
import { Upkeep } from './upkeep.ts';
import { VersionWatch } from './version-watch.ts';

/**
 * Starts the gateway. `invoker`: the data plane in this process; without it, calls go to PROXY_URL. `drainMs` and
 * `lingerMs` are `close`'s. Throws PortInUseError.
 */
export async function start(
  config: GatewayConfig,
  options: { invoker?: Invoker; logger?: Logger } & Partial<CloseOptions> = {},
): Promise<Running> {
  const logger = options.logger ?? createLogger(COMPONENT, { level: config.LOG_LEVEL });
  const internalToken = config.INTERNAL_TOKEN;
  const metadata = new MetadataClient({ url: config.METADATA_URL, internalToken });
  const builder = new BuilderClient({ url: config.BUILDER_URL, internalToken });
  const controller = new ControllerClient({ url: config.CONTROLLER_URL, internalToken });
  const proxy = new ProxyClient({ url: config.PROXY_URL, internalToken });
  const closeClients = () =>
    Promise.all([metadata.close(), builder.close(), controller.close(), proxy.close(), ownInvoker?.close()]);
  const ownInvoker = options.invoker
    ? undefined
    : new HttpInvoker({
        url: config.PROXY_URL,
        internalToken,
        holdMs: config.PROXY_HOLD_SECONDS * 1000,
        logger,
      });
  const tracing = await openTracing(config, { service: COMPONENT, logger });
  const principals = new Principals({ authToken: config.AUTH_TOKEN });
  const customHosts = new CustomHosts();
  const versionWatch = new VersionWatch();
  const standing = new StandingAnswers((principal) => principals.isValid(principal));
  const events = new EventSources({ metadata, controller });
  const follower = new ChangeFollower({
    metadata,
    logger,
    listener: {
      onReset: (replica) => {
        principals.reset(replica);
        customHosts.reset(replica);
        versionWatch.reset();
        standing.recheck();
        events.reset(replica);
      },
      onChange: (change) => {
        principals.apply(change);
        customHosts.apply(change);
        versionWatch.apply(change);
        if (change.kind === 'token') standing.recheck();
        events.apply(change);
      },
    },
  });
  let closed: Promise<void> | undefined;
  let publicUrl = config.PUBLIC_URL ?? `http://localhost:${config.PORT}`;
  const runtimes = new RuntimeCatalog(builder);
  const deps: GatewayDeps = {
    config,
    logger,
    metadata,
    builder,
    controller,
    invoker: options.invoker ?? ownInvoker!,
    principals,
    customHosts,
    versionWatch,
    standing,
    events,
    functions: () => follower.replica.functions.values(),
    recording: () => proxy.recording(),
    rateLimits: new RateLimits({
      perSecond: config.RATE_LIMIT_PER_SECOND,
      burst: config.RATE_LIMIT_BURST,
      authFailuresPerMinute: config.AUTH_FAILURES_PER_MINUTE,
    }),
    runtimes,
    metrics: new GatewayMetrics(),
    tracing,
    serviceMetrics: createServiceMetricsReader({ services: serviceUrls(config), internalToken }),
    upkeep: new Upkeep({
      services: {
        'metadata-service': metadata.upkeep,
        builder: builder.upkeep,
        'function-controller': controller.upkeep,
        'function-proxy': proxy.upkeep,
      },
      baseImages: async () => (await runtimes.list()).flatMap(({ baseImages }) => baseImages),
      ownChecks: () =>
        gatewayChecks({
          domain: config.DOMAIN,
          publicUrl,
          isInContainer: config.PUBLISHED_ADDRESS !== undefined,
        }),
    }),
    health: new ServiceHealth({
      // A function-proxy in this process is not away while we are not.
      services: ownInvoker ? serviceUrls(config) : withoutProxy(serviceUrls(config)),
      controller,
      proxy,
    }),
    whyUnready: () =>
      closed
        ? 'The gateway is about to end.'
        : follower.synced
          ? undefined
          : 'The record has not been read yet.',
    publicUrl: () => publicUrl,
    ownUrl: () => running.url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:'),
    version: platformVersion(),
  };
  const { server, closeUpgraded } = createGatewayServer(deps, createApp(deps));
  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  const running = await listen(server, `http://${host}:${config.PORT}`, {
    drainMs: options.drainMs ?? 10_000,
    lingerMs: options.lingerMs ?? 0,
  }).catch(async (error: NodeJS.ErrnoException) => {
    await closeClients();
    throw error.code === 'EADDRINUSE' ? new PortInUseError(config.PORT, error) : error;
  });
  publicUrl = config.PUBLIC_URL ?? `http://localhost:${new URL(running.url).port || 80}`;
  follower.start();
  const sweeping = new AbortController();
  const swept = sweepDrafts({ functions: deps.functions, metadata, logger }, sweeping.signal);
  logger.info({ url: running.url }, 'gateway listens');

  const close = async () => {
    logger.info({ seconds: config.DRAIN_DELAY_SECONDS }, 'gateway ends; it is not ready any more');
    await delay(config.DRAIN_DELAY_SECONDS * 1000);
    standing.close();
    events.close();
    sweeping.abort();
    await swept;
    closeUpgraded();
    await running.close();
    await follower.close();
    await closeClients();
    await tracing?.close();
  };
  return { url: running.url, close: () => (closed ??= close()) };
}

function serviceUrls(config: GatewayConfig) {
  return {
    'metadata-service': config.METADATA_URL,
    builder: config.BUILDER_URL,
    'function-controller': config.CONTROLLER_URL,
    'function-proxy': config.PROXY_URL,
  };
}

function withoutProxy({ 'function-proxy': _, ...others }: Record<string, string>): Record<string, string> {
  return others;
}

function platformVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
