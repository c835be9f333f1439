import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { bindRoute } from '../bind-route.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { pageItems } from '../page-items.ts';

export function aliasRoutes({ metadata }: GatewayDeps): Router {
  const router = Router();

  bindRoute(router, API.listAliases, async ({ params, query }) => {
    const { aliases } = await metadata.getFunction(params.project, params.name);
    return pageItems(aliases, ({ name }) => name, query);
  });

  bindRoute(router, API.getAlias, async ({ params: { project, name, alias }, shows }) => {
    const record = await metadata.getFunction(project, name);
    const found = record.aliases.find((candidate) => candidate.name === alias);
    if (found) {
      shows(found);
      return found;
    }
    throw new PlatformError('not_found', `Function "${project}/${name}" has no alias "${alias}".`);
  });

  bindRoute(
    router,
    API.setAlias,
    async ({ params: { project, name, alias }, body, principal, guard, shows }) => {
      const weights = body.weights ?? [{ version: body.version!, weight: 100 }];
      const { sticky } = body;
      const record = await metadata.setAlias(project, name, alias, {
        weights,
        ...(sticky === undefined ? {} : { sticky }),
        actor: principal.name,
        ...guard,
      });
      const set = record.aliases.find((candidate) => candidate.name === alias)!;
      shows(set);
      return set;
    },
  );

  bindRoute(router, API.deleteAlias, async ({ params: { project, name, alias }, principal, guard }) => {
    await metadata.deleteAlias(project, name, alias, { actor: principal.name, ...guard });
  });

  bindRoute(router, API.previewRollback, ({ params: { project, name }, query }) =>
    metadata.previewRollback(project, name, query),
  );

  for (const move of ['promote', 'rollback'] as const) {
    bindRoute(router, API[move], ({ params: { project, name }, body, principal, guard, once }) =>
      metadata[move](project, name, { ...body, actor: principal.name, ...guard, ...once(body) }),
    );
  }
  return router;
}
