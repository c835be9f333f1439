import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import { LOG_LIMIT_LINES } from '@plat/platform-kit/api/observation-api.ts';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { bindRoute } from '../bind-route.ts';
import { collectEvents, relayEvents } from '../event-relay.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { idOfSelected } from '../require-selected.ts';

export function logRoutes({ metadata, controller, standing }: GatewayDeps): Router {
  const router = Router();
  bindRoute(router, API.getLogs, async ({ res, params: { project, name }, query, principal }) => {
    const id = await idOfSelected(metadata, { project, name, version: query.version });
    const open = (signal: AbortSignal) => controller.logs(id, query, { signal });
    if (query.follow) return relayEvents(res, standing.watch(res, principal), open);
    const items = await collectEvents(open, { event: 'line', limit: LOG_LIMIT_LINES, timeoutMs: 30_000 });
    return { items: items as LogLine[], next: null };
  });
  return router;
}
