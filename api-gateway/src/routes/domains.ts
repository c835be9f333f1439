import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import type { DomainView } from '@plat/platform-kit/api/views.ts';
import { assertNotOfPlatform, displayDomain, normaliseDomain } from '@plat/platform-kit/custom-domain.ts';
import type { DomainRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { bindRoute } from '../bind-route.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { pageItems } from '../page-items.ts';

export function domainRoutes({ metadata, config }: GatewayDeps): Router {
  const router = Router();

  bindRoute(router, API.listDomains, async ({ params: { project, name }, query }) => {
    const { items } = await metadata.listDomains(project, name);
    return pageItems(items.map(domainView), ({ domain }) => domain, query);
  });

  bindRoute(router, API.addDomain, async ({ params: { project, name }, body, principal }) => {
    const domain = normaliseDomain(body.domain);
    assertNotOfPlatform(domain, config.DOMAIN);
    if (config.PUBLIC_URL !== undefined) assertNotPublicHost(domain, config.PUBLIC_URL);
    return domainView(await metadata.addDomain(project, name, { domain, actor: principal.name }));
  });

  bindRoute(router, API.deleteDomain, async ({ params: { project, name, domain }, principal }) => {
    await metadata.deleteDomain(project, name, normaliseDomain(domain), { actor: principal.name });
  });
  return router;
}

function domainView(record: DomainRecord): DomainView {
  return { ...record, display: displayDomain(record.domain) };
}

/** A function at the gateway's own address would never be reached there, or would take the platform's place. */
function assertNotPublicHost(domain: string, publicUrl: string): void {
  if (new URL(publicUrl).hostname.replace(/\.$/, '') !== domain) return;
  throw new PlatformError('invalid', `domain: "${domain}" is the platform's own address (PUBLIC_URL).`, {
    details: { field: 'domain', received: domain },
  });
}
