import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { API_PREFIX, API_VERSION } from '@plat/platform-kit/api/api-version.ts';
import { API } from '@plat/platform-kit/api/api.ts';
import { openApiDocument } from '@plat/platform-kit/api/openapi-document.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { problemHandler } from '@plat/platform-kit/http-server.ts';
import { takeApiVersion } from './api-version.ts';
import { dashboard } from './dashboard.ts';
import { ownHosts } from './host-route.ts';
import { docsAssets, sendDocsPage } from './docs-page.ts';
import { entityTag, matchesNone } from './entity-tags.ts';
import { COMPONENT, type GatewayDeps } from './gateway-deps.ts';
import { jsonBody } from './json-body.ts';
import { requirePrincipal } from './principal-of.ts';
import { aliasRoutes } from './routes/aliases.ts';
import { auditRoutes } from './routes/audit.ts';
import { deployRoutes } from './routes/deploys.ts';
import { domainRoutes } from './routes/domains.ts';
import { draftRoutes } from './routes/drafts.ts';
import { eventRoutes } from './routes/events.ts';
import { executionRoutes } from './routes/executions.ts';
import { functionRoutes } from './routes/functions.ts';
import { instanceRoutes } from './routes/instances.ts';
import { invokeRoutes } from './routes/invoke.ts';
import { logRoutes } from './routes/logs.ts';
import { metricRoutes } from './routes/metrics.ts';
import { projectRoutes } from './routes/projects.ts';
import { rolloutRoutes } from './routes/rollouts.ts';
import { scrapeRoutes } from './routes/scrape.ts';
import { systemRoutes } from './routes/system.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { upkeepRoutes } from './routes/upkeep.ts';
import { versionRoutes } from './routes/versions.ts';

/** Everything on the public port but the functions themselves. */
export function createApp(deps: GatewayDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      },
      // The gateway speaks plain HTTP; who puts TLS in front of it decides about HSTS.
      strictTransportSecurity: false,
      crossOriginResourcePolicy: { policy: 'cross-origin' },
    }),
  );
  app.use(deps.metrics.timeRequests);
  app.get(API.health.path, (_req, res) => void res.json({ status: 'ok', component: COMPONENT }));
  app.get(API.readiness.path, (_req, res) => {
    const why = deps.whyUnready();
    if (why) throw new PlatformError('unavailable', why, { details: { retryAfterSeconds: 1 } });
    res.json({ status: 'ready', component: COMPONENT });
  });
  app.get(API.openApiDocument.path, openApiRoute(deps.version));
  app.get(API.docsPage.path, sendDocsPage);
  app.use(API.docsPage.path, docsAssets());
  app.use(API.scrapeMetrics.path, requirePrincipal(deps));
  app.use(scrapeRoutes(deps));
  app.use(takeApiVersion);
  app.use(
    API_PREFIX,
    apiHeaders,
    requirePrincipal(deps),
    // Those take their bodies as they come.
    deployRoutes(deps),
    invokeRoutes(deps),
    draftRoutes(deps),
    jsonBody(),
    projectRoutes(deps),
    functionRoutes(deps),
    versionRoutes(deps),
    aliasRoutes(deps),
    rolloutRoutes(deps),
    domainRoutes(deps),
    instanceRoutes(deps),
    logRoutes(deps),
    executionRoutes(deps),
    metricRoutes(deps),
    eventRoutes(deps),
    tokenRoutes(deps),
    auditRoutes(deps),
    systemRoutes(deps),
    upkeepRoutes(deps),
  );
  app.use(dashboard(deps.config.UI_DIR, ownHosts(deps.config)));
  app.use((req) => {
    throw new PlatformError('not_found', `There is no route ${req.method} ${req.path}.`);
  });
  app.use(problemHandler(COMPONENT, deps.logger));
  return app;
}

const apiHeaders: RequestHandler = (_req, res, next) => {
  res.setHeader('cache-control', 'no-store');
  res.setHeader('plat-api-version', String(API_VERSION));
  next();
};

/** The document, which is the same for everybody as long as the gateway runs. */
function openApiRoute(version: string): RequestHandler {
  const text = JSON.stringify(openApiDocument({ platformVersion: version }));
  const etag = entityTag(text);
  return (req, res) => {
    res.setHeader('etag', etag);
    res.setHeader('cache-control', 'no-cache');
    if (matchesNone(req.headers['if-none-match'], etag)) return void res.status(304).end();
    res.type('json').send(text);
  };
}
