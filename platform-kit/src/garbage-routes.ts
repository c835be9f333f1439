import { Router } from 'express';
import { z } from 'zod';
import type { GarbageItem } from './garbage.ts';
import { parseInput } from './parse.ts';

const Body = z.strictObject({ dryRun: z.boolean() });

/** `POST /gc {dryRun}` of an internal service: what it owns and nobody refers to. */
export function garbageRoutes(
  collectGarbage: (options: { dryRun: boolean }) => Promise<GarbageItem[]>,
): Router {
  const router = Router();
  router.post('/gc', async (req, res) => {
    res.json({ items: await collectGarbage(parseInput(Body, req.body, 'The body')) });
  });
  return router;
}
