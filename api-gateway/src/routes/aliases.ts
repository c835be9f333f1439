import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import type { JsonAnswerOf } from '@plat/platform-kit/api/route.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { bindRoute } from '../bind-route.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { pageItems } from '../page-items.ts';
import { findRollbackTarget } from '../rollback-target.ts';

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
      const record = await metadata.setAlias(project, name, alias, {
        weights,
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

  bindRoute(router, API.rollback, async ({ params: { project, name }, body, principal, once }) => {
    const { idempotency } = once(body);
    if (idempotency) {
      const { answer } = await metadata.findAnswer(idempotency);
      if (answer !== undefined) return answer as JsonAnswerOf<typeof API.rollback>;
    }
    const { from, to } = await findRollbackTarget(metadata, { project, name, version: body.version });
    if (from === to) throw new PlatformError('conflict', `Version ${to} is live already.`);
    await metadata.setAlias(project, name, 'live', {
      weights: [{ version: to, weight: 100 }],
      actor: principal.name,
      ...(idempotency ? { once: { idempotency, answer: { from, to } } } : {}),
    });
    return { from, to };
  });
  return router;
}
