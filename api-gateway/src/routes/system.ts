import { Router } from 'express';
import { authorise } from '../authorise.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { principalOf } from '../principal-of.ts';

/** The platform itself: its state, its runtimes, and who is asking. */
export function systemRoutes(deps: GatewayDeps): Router {
  const { config, health, runtimes } = deps;
  const router = Router();
  router.get('/whoami', (_req, res) => void res.json(principalOf(res)));
  router.get('/runtimes', async (_req, res) => {
    authorise(principalOf(res), 'runtime.list', { project: null });
    res.json({ items: await runtimes.list(), next: null });
  });
  router.get('/system', async (_req, res) => {
    authorise(principalOf(res), 'system.read', { project: null });
    const [engine, services] = await Promise.all([health.engine(), health.services()]);
    res.json({
      version: deps.version,
      domain: config.DOMAIN,
      publicUrl: deps.publicUrl(),
      engine,
      services,
      limits: {
        bodyBytes: config.BODY_LIMIT_BYTES,
        sourceBytes: config.SOURCE_LIMIT_BYTES,
        requestsPerSecond: config.RATE_LIMIT_PER_SECOND,
      },
    });
  });
  return router;
}
