import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import { bindRoute } from '../bind-route.ts';
import type { GatewayDeps } from '../gateway-deps.ts';

/** Examining the platform and cleaning it up. */
export function upkeepRoutes({ upkeep, version }: GatewayDeps): Router {
  const router = Router();
  bindRoute(router, API.examine, async () => ({ version, items: await upkeep.checks({ fix: false }) }));
  bindRoute(router, API.mend, async () => ({ version, items: await upkeep.checks({ fix: true }) }));
  bindRoute(router, API.collectGarbage, ({ body }) => upkeep.collectGarbage(body));
  return router;
}
