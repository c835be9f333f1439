import { Router } from 'express';
import type { RuntimeManifest } from '@plat/platform-kit/runtime-manifest.ts';
import type { GenericImages } from '../generic-images.ts';

export type RuntimeRouteDeps = {
  manifests: readonly RuntimeManifest[];
  genericImages: Pick<GenericImages, 'of'>;
};

export function runtimeRoutes({ manifests, genericImages }: RuntimeRouteDeps): Router {
  const router = Router();
  router.get('/runtimes', (_req, res) => void res.json({ items: manifests }));
  router.post('/runtimes/:id/generic', async (req, res) => {
    res.json({ imageId: await genericImages.of(req.params.id) });
  });
  return router;
}
