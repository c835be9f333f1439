import { Router } from 'express';
import { Outcome } from '@plat/platform-kit/domain.ts';
import { Name } from '@plat/platform-kit/names.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { z } from 'zod';
import { authorise } from '../authorise.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { principalOf } from '../principal-of.ts';
import { PAGE_LIMIT, VersionNumber, text } from '../request-params.ts';

const Query = z.strictObject({
  project: Name.optional(),
  function: Name.optional(),
  outcome: Outcome.optional(),
  requestId: z.string().max(64).optional(),
  version: VersionNumber.optional(),
  before: z.string().max(200).optional(),
  limit: PAGE_LIMIT,
});

export function executionRoutes({ metadata }: GatewayDeps): Router {
  const router = Router();
  router.get('/executions', async (req, res) => {
    const principal = principalOf(res);
    const query = parseInput(Query, req.query, 'The query');
    const project = query.project ?? principal.project ?? undefined;
    authorise(principal, 'execution.read', { project: project ?? null });
    res.json(await metadata.listExecutions({ ...query, ...(project === undefined ? {} : { project }) }));
  });
  router.get('/executions/:id', async (req, res) => {
    const principal = principalOf(res);
    authorise(principal, 'execution.read', { project: principal.project });
    const execution = await metadata.getExecution(text(req, 'id'));
    authorise(principal, 'execution.read', { project: execution.project });
    res.json(execution);
  });
  return router;
}
