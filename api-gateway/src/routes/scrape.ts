import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import { bindRoute } from '../bind-route.ts';
import type { GatewayDeps } from '../gateway-deps.ts';

/** Metrics for Prometheus: the gateway's own, or those of a service behind it. */
export function scrapeRoutes(deps: Pick<GatewayDeps, 'metrics' | 'serviceMetrics'>): Router {
  const router = Router();
  bindRoute(router, API.scrapeMetrics, async ({ res, query }) => {
    const { metrics, serviceMetrics } = deps;
    const { service } = query;
    const text = service === 'api-gateway' ? await metrics.text() : await serviceMetrics.read(service);
    res.setHeader('content-type', metrics.contentType);
    res.setHeader('cache-control', 'no-store');
    res.send(text);
  });
  return router;
}
