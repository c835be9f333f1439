import { Router } from 'express';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { z } from 'zod';
import { authorise } from '../authorise.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { principalOf } from '../principal-of.ts';
import { QueryFlag, functionParams } from '../request-params.ts';

const Query = z.strictObject({ stats: QueryFlag.default(false) });

export function instanceRoutes({ metadata, controller }: GatewayDeps): Router {
  const router = Router();
  router.get('/projects/:project/functions/:name/instances', async (req, res) => {
    const { project, name } = functionParams(req);
    authorise(principalOf(res), 'instance.read', { project });
    const { stats } = parseInput(Query, req.query, 'The query');
    const { id } = await metadata.getFunction(project, name);
    const { items } = await controller.listInstances({ functionId: id, stats });
    res.json({ items, next: null });
  });
  return router;
}
