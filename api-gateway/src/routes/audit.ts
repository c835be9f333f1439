import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import { bindRoute } from '../bind-route.ts';
import type { GatewayDeps } from '../gateway-deps.ts';

export function auditRoutes({ metadata }: GatewayDeps): Router {
  const router = Router();
  bindRoute(router, API.listAudit, ({ query }) => metadata.listAudit(query));
  return router;
}
