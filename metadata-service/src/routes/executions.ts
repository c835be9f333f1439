import { Execution, Outcome } from '@plat/platform-kit/domain.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { Router } from 'express';
import { z } from 'zod';
import type { Store } from '../store/store.ts';
import { Limit, VersionNumber } from './inputs.ts';

/** Executions in one call of `recordExecutions`. */
const BATCH_MAX = 1000;

const Batch = z.strictObject({
  executions: z.array(Execution).max(BATCH_MAX, `expected at most ${BATCH_MAX} executions`),
});

const ListQuery = z.strictObject({
  project: z.string().optional(),
  function: z.string().optional(),
  outcome: Outcome.optional(),
  requestId: z.string().optional(),
  version: VersionNumber.optional(),
  before: z.string().optional(),
  limit: Limit,
});

export function executionRoutes(store: Store): Router {
  const router = Router();

  router.post('/executions', async (req, res) => {
    const { executions } = parseInput(Batch, req.body, 'The batch');
    await store.recordExecutions(executions);
    res.status(204).end();
  });

  router.get('/executions', async (req, res) => {
    const { before, limit, ...filter } = parseInput(ListQuery, req.query, 'The query');
    res.json(await store.listExecutions(filter, { before, limit }));
  });

  router.get('/executions/:id', async (req, res) => {
    res.json(await store.getExecution(req.params.id));
  });

  return router;
}
