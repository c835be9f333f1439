import { Router } from 'express';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { z } from 'zod';
import { authorise } from '../authorise.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { principalOf } from '../principal-of.ts';
import { PAGE_LIMIT } from '../request-params.ts';

const Query = z.strictObject({
  before: z.string().max(200).optional(),
  object: z.string().max(200).optional(),
  limit: PAGE_LIMIT,
});

export function auditRoutes({ metadata }: GatewayDeps): Router {
  const router = Router();
  router.get('/audit', async (req, res) => {
    authorise(principalOf(res), 'audit.read', { project: null });
    res.json(await metadata.listAudit(parseInput(Query, req.query, 'The query')));
  });
  return router;
}
