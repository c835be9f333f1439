import { parseInput } from '@plat/platform-kit/parse.ts';
import { Router } from 'express';
import type { Store } from '../store/store.ts';
import { Idempotency } from './inputs.ts';

export function idempotencyRoutes(store: Store): Router {
  const router = Router();
  router.get('/idempotency', async (req, res) => {
    res.json({ answer: await store.findAnswer(parseInput(Idempotency, req.query, 'The query')) });
  });
  return router;
}
