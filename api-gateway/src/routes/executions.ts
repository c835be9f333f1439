import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import { authorise } from '../authorise.ts';
import { bindRoute } from '../bind-route.ts';
import type { GatewayDeps } from '../gateway-deps.ts';

export function executionRoutes({ metadata }: GatewayDeps): Router {
  const router = Router();
  bindRoute(router, API.listExecutions, ({ query, principal }) => {
    const project = query.project ?? principal.project ?? undefined;
    return metadata.listExecutions({ ...query, ...(project === undefined ? {} : { project }) });
  });
  bindRoute(router, API.getExecution, async ({ params, principal }) => {
    const execution = await metadata.getExecution(params.id);
    authorise(principal, 'execution.read', { project: execution.project });
    return execution;
  });
  return router;
}
