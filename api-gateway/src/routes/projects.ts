import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import { may } from '../authorise.ts';
import { bindRoute } from '../bind-route.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { pageItems } from '../page-items.ts';

export function projectRoutes({ metadata }: GatewayDeps): Router {
  const router = Router();
  bindRoute(router, API.listProjects, async ({ query, principal }) => {
    const { items } = await metadata.listProjects();
    const seen = items.filter(({ name }) => may(principal, 'project.list', { project: name }));
    return pageItems(seen, ({ name }) => name, query);
  });
  bindRoute(router, API.createProject, async ({ res, body: { name }, principal, once }) => {
    const project = await metadata.createProject({ name, actor: principal.name, ...once({ name }) });
    res.location(`/api/projects/${name}`);
    return project;
  });
  bindRoute(router, API.deleteProject, async ({ params, principal }) => {
    await metadata.deleteProject(params.project, { actor: principal.name });
  });
  return router;
}
