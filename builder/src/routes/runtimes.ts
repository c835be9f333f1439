import { Router } from 'express';
import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';

export function runtimeRoutes(deps: { manifests: readonly RuntimeManifest[] }): Router {
  const router = Router();
  router.get('/runtimes', (_req, res) => void res.json({ items: deps.manifests }));
  return router;
}
