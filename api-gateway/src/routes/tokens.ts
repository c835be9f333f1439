import { randomBytes } from 'node:crypto';
import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import type { TokenView } from '@plat/platform-kit/api/views.ts';
import type { TokenRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { bindRoute } from '../bind-route.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { pageItems } from '../page-items.ts';
import { hashSecret } from '../principals.ts';

export function tokenRoutes({ metadata, principals }: GatewayDeps): Router {
  const router = Router();

  bindRoute(router, API.listTokens, async ({ query }) => {
    const { items } = await metadata.listTokens();
    return pageItems(items.map(withoutHash), ({ createdAt, id }) => `${createdAt}/${id}`, query);
  });

  bindRoute(router, API.createToken, async ({ body, principal, once }) => {
    const { name, role, project, expiresIn } = body;
    if (project != null) await assertProject(metadata, project);
    const secret = `plat_${randomBytes(32).toString('base64url')}`;
    const record = await metadata.createToken({
      name,
      role,
      project: project ?? null,
      hash: hashSecret(secret),
      expiresAt: expiresIn == null ? null : new Date(Date.now() + expiresIn).toISOString(),
      actor: principal.name,
      ...once(body),
    });
    // Whoever made it may use it with the next request, which can be sooner than the change feed.
    principals.put(record);
    return { ...withoutHash(record), token: secret };
  });

  bindRoute(router, API.deleteToken, async ({ params: { id }, principal }) => {
    await metadata.deleteToken(id, { actor: principal.name });
    principals.remove(id);
  });
  return router;
}

async function assertProject(metadata: GatewayDeps['metadata'], project: string): Promise<void> {
  const { items } = await metadata.listProjects();
  if (items.some(({ name }) => name === project)) return;
  throw new PlatformError('invalid', `project: there is no project "${project}".`, {
    details: { field: 'project', received: project },
  });
}

function withoutHash({ hash: _hash, ...shown }: TokenRecord): TokenView {
  return shown;
}
