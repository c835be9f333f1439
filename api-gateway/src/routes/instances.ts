import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import { bindRoute } from '../bind-route.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { pageItems } from '../page-items.ts';

export function instanceRoutes({ metadata, controller }: GatewayDeps): Router {
  const router = Router();
  bindRoute(router, API.listInstances, async ({ params: { project, name }, query }) => {
    const { id } = await metadata.getFunction(project, name);
    const { items } = await controller.listInstances({ functionId: id, stats: query.stats });
    return pageItems(items, (instance) => instance.id, query);
  });
  bindRoute(router, API.listAllInstances, async ({ query: { stats, ...query }, principal }) => {
    const project = query.project ?? principal.project;
    const { items } = await controller.listInstances({ stats, ...(project === null ? {} : { project }) });
    return pageItems(items, (instance) => instance.id, query);
  });
  bindRoute(router, API.listPools, async ({ query, principal }) => {
    const project = query.project ?? principal.project;
    const { items } = await controller.listPools();
    const seen = items.filter((pooled) => project === null || pooled.project === project);
    return pageItems(seen, (pooled) => pooled.id, query);
  });
  return router;
}
