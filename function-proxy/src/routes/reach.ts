import { Router } from 'express';
import type { ReachView } from '../relay/reach.ts';

export function reachRoutes({ reach }: { reach: ReachView }): Router {
  const router = Router();
  router.get('/reach', (_req, res) => void res.json(reach.info()));
  return router;
}
