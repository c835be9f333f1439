import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { problemHandler } from '@plat/platform-kit/http-server.ts';
import { COMPONENT, type GatewayDeps } from './gateway-deps.ts';
import { jsonBody } from './json-body.ts';
import { requirePrincipal } from './principal-of.ts';
import { aliasRoutes } from './routes/aliases.ts';
import { auditRoutes } from './routes/audit.ts';
import { deployRoutes } from './routes/deploys.ts';
import { executionRoutes } from './routes/executions.ts';
import { functionRoutes } from './routes/functions.ts';
import { instanceRoutes } from './routes/instances.ts';
import { invokeRoutes } from './routes/invoke.ts';
import { logRoutes } from './routes/logs.ts';
import { projectRoutes } from './routes/projects.ts';
import { systemRoutes } from './routes/system.ts';
import { tokenRoutes } from './routes/tokens.ts';
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
  app.get('/healthz', (_req, res) => void res.json({ status: 'ok', component: COMPONENT }));
  app.get('/readyz', (_req, res) => {
    if (!deps.isSynced()) {
      throw new PlatformError('unavailable', 'The record has not been read yet.', {
        details: { retryAfterSeconds: 1 },
      });
    }
    res.json({ status: 'ready', component: COMPONENT });
  });
  app.use(
    '/api',
    noStore,
    requirePrincipal(deps),
    // Those two take their bodies as they come.
    deployRoutes(deps),
    invokeRoutes(deps),
    jsonBody(),
    projectRoutes(deps),
    functionRoutes(deps),
    versionRoutes(deps),
    aliasRoutes(deps),
    instanceRoutes(deps),
    logRoutes(deps),
    executionRoutes(deps),
    tokenRoutes(deps),
    auditRoutes(deps),
    systemRoutes(deps),
  );
  app.use((req) => {
    throw new PlatformError('not_found', `There is no route ${req.method} ${req.path}.`);
  });
  app.use(problemHandler(COMPONENT, deps.logger));
  return app;
}

const noStore: RequestHandler = (_req, res, next) => {
  res.setHeader('cache-control', 'no-store');
  next();
};
