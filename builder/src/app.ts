import { createInternalApp } from '@plat/platform-kit/http-server.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { Router, type Express } from 'express';
import { buildRoutes, type BuildRouteDeps } from './routes/builds.ts';
import { runtimeRoutes } from './routes/runtimes.ts';
import { sourceRoutes, type SourceDeps } from './routes/sources.ts';

export const COMPONENT = 'builder';

export type AppDeps = SourceDeps & BuildRouteDeps & { internalToken: string; logger: Logger };

export function createApp(deps: AppDeps): Express {
  const router = Router();
  router.use(runtimeRoutes(deps));
  router.use(sourceRoutes(deps));
  router.use(buildRoutes(deps));
  return createInternalApp({
    component: COMPONENT,
    internalToken: deps.internalToken,
    logger: deps.logger,
    router,
  });
}
