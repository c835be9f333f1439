import { Router } from 'express';
import type { Acquirer } from '../acquire.ts';

export function loadRoutes({ acquirer }: { acquirer: Acquirer }): Router {
  const router = Router();
  router.get('/load', (_req, res) => void res.json({ items: acquirer.load() }));
  return router;
}
