import { parseInput } from '@plat/platform-kit/parse.ts';
import { Router } from 'express';
import { z } from 'zod';
import type { Store } from '../store/store.ts';
import { Limit } from './inputs.ts';

const ListQuery = z.strictObject({
  object: z.string().optional(),
  before: z.string().optional(),
  limit: Limit,
});

export function auditRoutes(store: Store): Router {
  const router = Router();

  router.get('/audit', async (req, res) => {
    const { object, ...page } = parseInput(ListQuery, req.query, 'The query');
    res.json(await store.listAudit({ object }, page));
  });

  return router;
}
