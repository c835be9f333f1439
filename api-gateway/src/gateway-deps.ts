import type { BuilderClient } from '@plat/platform-kit/clients/builder-client.ts';
import type { ControllerClient } from '@plat/platform-kit/clients/controller-client.ts';
import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Invoker } from '@plat/platform-kit/invoker.ts';
import type { Tracing } from '@plat/platform-kit/telemetry/tracing.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { GatewayConfig } from './config.ts';
import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import type { CustomHosts } from './custom-hosts.ts';
import type { EventSources } from './event-sources.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import type { ServiceMetricsReader } from './read-service-metrics.ts';
import type { Principals } from './principals.ts';
import type { RateLimits } from './rate-limits.ts';
import type { RuntimeCatalog } from './runtime-catalog.ts';
import type { ServiceHealth } from './service-health.ts';
import type { StandingAnswers } from './standing-answers.ts';
import type { Upkeep } from './upkeep.ts';
import type { VersionWatch } from './version-watch.ts';

/** All that the gateway's parts work with; put together once, in `start`. */
export type GatewayDeps = {
  config: GatewayConfig;
  logger: Logger;
  metadata: MetadataClient;
  builder: BuilderClient;
  controller: ControllerClient;
  invoker: Invoker;
  principals: Principals;
  customHosts: CustomHosts;
  rateLimits: RateLimits;
  runtimes: RuntimeCatalog;
  versionWatch: VersionWatch;
  health: ServiceHealth;
  /** Answers that go on until their token ends. */
  standing: StandingAnswers;
  events: EventSources;
  /** All functions, as the change feed tells of them. */
  functions: () => Iterable<FunctionRecord>;
  /** What becomes of the records of calls. */
  recording: () => Promise<{ queued: number; lost: number }>;
  upkeep: Upkeep;
  metrics: GatewayMetrics;
  /** None unless somebody is to be told. */
  tracing: Tracing | undefined;
  serviceMetrics: ServiceMetricsReader;
  /** Why no calls should be sent here, for `/readyz`; undefined when they should. */
  whyUnready: () => string | undefined;
  /** What URLs in answers start with; known once the gateway listens. */
  publicUrl: () => string;
  /** Where the gateway itself reaches its front door. */
  ownUrl: () => string;
  /** The platform's version. */
  version: string;
};

/** Named in error bodies and log lines. */
export const COMPONENT = 'api-gateway';
