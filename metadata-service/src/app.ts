import { createInternalApp } from '@plat/platform-kit/http-server.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { ServiceMetrics } from '@plat/platform-kit/telemetry/service-metrics.ts';
import { checkRoutes } from '@plat/platform-kit/check-routes.ts';
import { garbageRoutes } from '@plat/platform-kit/garbage-routes.ts';
import { Router, type Express } from 'express';
import { metadataChecks } from './checks.ts';
import { collectGarbage } from './collect-garbage.ts';
import type { Retention } from './retention.ts';
import type { ChangePoll } from './change-poll.ts';
import type { RecordedFeed } from './recorded-feed.ts';
import { aliasRoutes } from './routes/aliases.ts';
import { auditRoutes } from './routes/audit.ts';
import { changeRoutes } from './routes/changes.ts';
import { domainRoutes } from './routes/domains.ts';
import { executionRoutes } from './routes/executions.ts';
import { functionRoutes } from './routes/functions.ts';
import { metricRoutes } from './routes/metrics.ts';
import { projectRoutes } from './routes/projects.ts';
import { rolloutRoutes } from './routes/rollouts.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { versionRoutes } from './routes/versions.ts';
import type { Store } from './store/store.ts';

export type AppDeps = {
  store: Store;
  changes: ChangePoll;
  recorded: RecordedFeed;
  retention: Retention;
  databaseUrl: string;
  logger: Logger;
  internalToken: string;
  metrics?: ServiceMetrics;
};

/** The metadata service's internal API; its client is `MetadataClient` in platform-kit. */
export function createApp(deps: AppDeps): Express {
  const { store, changes, recorded, retention, logger, internalToken, metrics } = deps;
  const router = Router();
  router.use(
    changeRoutes(changes),
    projectRoutes(store),
    functionRoutes(store),
    versionRoutes(store),
    aliasRoutes(store),
    rolloutRoutes(store),
    domainRoutes(store),
    tokenRoutes(store),
    executionRoutes(store, recorded),
    metricRoutes(store),
    auditRoutes(store),
    checkRoutes({ component: 'metadata-service', checks: () => metadataChecks(deps) }),
    garbageRoutes((options) => collectGarbage(retention, options)),
  );
  return createInternalApp({ component: 'metadata-service', internalToken, logger, router, metrics });
}
