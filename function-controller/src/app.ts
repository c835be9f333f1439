import { createInternalApp } from '@plat/platform-kit/http-server.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { Express } from 'express';
import { controllerRoutes, type RouteDeps } from './routes.ts';

export const COMPONENT = 'function-controller';

export function createApp(deps: RouteDeps & { internalToken: string; logger: Logger }): Express {
  return createInternalApp({
    component: COMPONENT,
    internalToken: deps.internalToken,
    logger: deps.logger,
    router: controllerRoutes(deps),
  });
}
