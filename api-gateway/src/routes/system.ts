import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import { bindRoute } from '../bind-route.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { pageItems } from '../page-items.ts';

/** The platform itself: its state, its runtimes, and who is asking. */
export function systemRoutes(deps: GatewayDeps): Router {
  const { config, health, runtimes } = deps;
  const router = Router();
  bindRoute(router, API.whoami, ({ principal }) => principal);
  bindRoute(router, API.listRuntimes, async ({ query }) =>
    pageItems(await runtimes.list(), ({ id }) => id, query),
  );
  bindRoute(router, API.getSystem, async () => {
    const [engine, reach, services, recording] = await Promise.all([
      health.engine(),
      health.reach(),
      health.services(),
      deps.recording().catch(() => null),
    ]);
    return {
      version: deps.version,
      domain: config.DOMAIN,
      publicUrl: deps.publicUrl(),
      engine,
      reach,
      services,
      recording,
      limits: {
        bodyBytes: config.BODY_LIMIT_BYTES,
        sourceBytes: config.SOURCE_LIMIT_BYTES,
        requestsPerSecond: config.RATE_LIMIT_PER_SECOND,
      },
    };
  });
  return router;
}
