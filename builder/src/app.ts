import { checkRoutes } from '@plat/platform-kit/check-routes.ts';
import type { CheckSpec } from '@plat/platform-kit/checks.ts';
import { garbageRoutes } from '@plat/platform-kit/garbage-routes.ts';
import { createInternalApp } from '@plat/platform-kit/http-server.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { ServiceMetrics } from '@plat/platform-kit/telemetry/service-metrics.ts';
import { Router, type Express } from 'express';
import { buildRoutes, type BuildRouteDeps } from './routes/builds.ts';
import { runtimeRoutes, type RuntimeRouteDeps } from './routes/runtimes.ts';
import type { Sweeper } from './sweeper.ts';
import { sourceRoutes, type SourceDeps } from './routes/sources.ts';

export const COMPONENT = 'builder';

export type AppDeps = SourceDeps &
  RuntimeRouteDeps &
  BuildRouteDeps & {
    sweeper: Pick<Sweeper, 'collect'>;
    checks: () => CheckSpec[];
    internalToken: string;
    logger: Logger;
    metrics: ServiceMetrics;
  };

export function createApp(deps: AppDeps): Express {
  const router = Router();
  router.use(runtimeRoutes(deps));
  router.use(sourceRoutes(deps));
  router.use(buildRoutes(deps));
  router.use(checkRoutes({ component: COMPONENT, checks: deps.checks }));
  router.use(garbageRoutes((options) => deps.sweeper.collect(options)));
  return createInternalApp({
    component: COMPONENT,
    internalToken: deps.internalToken,
    logger: deps.logger,
    router,
    metrics: deps.metrics,
  });
}
