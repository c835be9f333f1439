import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import type { QueryOf } from '@plat/platform-kit/api/route.ts';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import type { FunctionRecord, Principal } from '@plat/platform-kit/domain.ts';
import { may } from '../authorise.ts';
import { bindRoute } from '../bind-route.ts';
import { functionView, needsLatestState } from '../function-view.ts';
import type { GatewayDeps } from '../gateway-deps.ts';

export function functionRoutes(deps: GatewayDeps): Router {
  const { metadata } = deps;

  const view = async (principal: Principal, record: FunctionRecord): Promise<FunctionView> => {
    const { project, name, latest } = record;
    const newest = needsLatestState(record)
      ? await metadata.getVersion(project, name, latest).catch(() => undefined)
      : undefined;
    return functionView(record, {
      publicUrl: deps.publicUrl(),
      domain: deps.config.DOMAIN,
      showEnvironment: may(principal, 'function.read-environment', { project }),
      ...(newest ? { latestState: newest.state } : {}),
    });
  };

  const list = async (
    principal: Principal,
    project: string | undefined,
    query: QueryOf<typeof API.listFunctionsOfProject>,
  ) => {
    const { before, limit } = query;
    const page = await metadata.pageFunctions({ project, before, limit });
    return { items: await Promise.all(page.items.map((record) => view(principal, record))), next: page.next };
  };

  const router = Router();
  bindRoute(router, API.listFunctions, ({ query, principal }) =>
    list(principal, query.project ?? principal.project ?? undefined, query),
  );
  bindRoute(router, API.listFunctionsOfProject, ({ params, query, principal }) =>
    list(principal, params.project, query),
  );
  bindRoute(router, API.getFunction, async ({ params: { project, name }, principal, shows }) => {
    const record = await metadata.getFunction(project, name);
    shows(record);
    return view(principal, record);
  });
  bindRoute(router, API.updateFunction, async ({ params, body, principal, guard, shows }) => {
    const change = { state: body.state, actor: principal.name, ...guard };
    const record = await metadata.setFunctionState(params.project, params.name, change);
    shows(record);
    return view(principal, record);
  });
  bindRoute(router, API.deleteFunction, async ({ params: { project, name }, principal, guard }) => {
    await metadata.deleteFunction(project, name, { actor: principal.name, ...guard });
  });
  return router;
}
