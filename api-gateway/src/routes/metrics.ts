import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import { POINTS_MAX } from '@plat/platform-kit/api/metrics-api.ts';
import type { FunctionMetrics } from '@plat/platform-kit/metrics.ts';
import { bindRoute } from '../bind-route.ts';
import { readDashboard } from '../read-dashboard.ts';
import { DEFAULT_PROJECT } from '../function-path.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { pageItems } from '../page-items.ts';
import { idOfSelected } from '../require-selected.ts';

type Query = { range: number; step?: number | undefined; version?: number | undefined };

export function metricRoutes(deps: GatewayDeps): Router {
  const { metadata } = deps;
  const ofFunction = async (project: string, name: string, query: Query): Promise<FunctionMetrics> => {
    const { range: rangeMs, step: stepMs, version } = query;
    const functionId = await idOfSelected(metadata, { project, name, version });
    const read = await metadata.readMetrics({ functionId, version, rangeMs, stepMs, pointsMax: POINTS_MAX }); // prettier-ignore
    return { project, function: name, version: version ?? null, ...read };
  };

  const router = Router();
  bindRoute(router, API.getFunctionMetrics, ({ params: { project, name }, query }) =>
    ofFunction(project, name, query),
  );
  bindRoute(router, API.getFunctionMetricsByName, ({ params: { name }, query, principal }) =>
    ofFunction(query.project ?? principal.project ?? DEFAULT_PROJECT, name, query),
  );
  bindRoute(router, API.listFunctionUse, async ({ query, principal }) => {
    const project = query.project ?? principal.project ?? undefined;
    const { items } = await metadata.listFunctionUse({
      project,
      rangeMs: query.range,
      trend: query.trend,
      quiet: query.quiet,
    });
    const page = pageItems(items, (use) => `${use.project}/${use.function}`, query);
    return { ...page, items: page.items.map(({ functionId: _, ...use }) => use) };
  });
  bindRoute(router, API.getDashboard, ({ query, principal }) =>
    readDashboard(deps, {
      project: query.project ?? principal.project ?? undefined,
      rangeMs: query.range,
      stepMs: query.step,
    }),
  );
  return router;
}
