import { checkRoutes } from '@plat/platform-kit/check-routes.ts';
import { garbageRoutes } from '@plat/platform-kit/garbage-routes.ts';
import { createInternalApp } from '@plat/platform-kit/http-server.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { ServiceMetrics } from '@plat/platform-kit/telemetry/service-metrics.ts';
import { Router, type Express } from 'express';
import { collectGarbage } from './collect-garbage.ts';
import { controllerChecks, type ControllerCheckDeps } from './controller-checks.ts';
import { controllerRoutes, type RouteDeps } from './routes.ts';

export const COMPONENT = 'function-controller';

export type AppDeps = RouteDeps &
  ControllerCheckDeps & { internalToken: string; logger: Logger; metrics: ServiceMetrics };

export function createApp(deps: AppDeps): Express {
  const router = Router();
  router.use(
    controllerRoutes(deps),
    checkRoutes({ component: COMPONENT, checks: (hints) => controllerChecks(deps, hints) }),
    garbageRoutes((options) => collectGarbage(deps, options)),
  );
  return createInternalApp({
    component: COMPONENT,
    internalToken: deps.internalToken,
    logger: deps.logger,
    router,
    metrics: deps.metrics,
  });
}
