import { Router } from 'express';
import { runChecks, type CheckSpec } from './checks.ts';

/**
 * `GET /checks` and `POST /checks/fix` of an internal service. `checks` gets what the caller knows and this service
 * does not (`images`: names of images that may be at hand), separated by commas.
 */
export function checkRoutes(options: {
  component: string;
  checks: (hints: { images: string[] }) => CheckSpec[];
}): Router {
  const router = Router();
  const hints = (query: Record<string, unknown>) => {
    const { images } = query;
    return { images: typeof images === 'string' ? images.split(',').filter(Boolean) : [] };
  };
  router.get('/checks', async (req, res) => {
    res.json({ items: await runChecks(options.component, options.checks(hints(req.query))) });
  });
  router.post('/checks/fix', async (req, res) => {
    const specs = options.checks(hints(req.query));
    res.json({ items: await runChecks(options.component, specs, { fix: true }) });
  });
  return router;
}
