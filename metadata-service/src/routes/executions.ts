import { Execution, Outcome, Trigger } from '@plat/platform-kit/domain.ts';
import { KeptBodies, WakeRung } from '@plat/platform-kit/execution.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { Router } from 'express';
import { z } from 'zod';
import type { RecordedFeed } from '../recorded-feed.ts';
import type { Store } from '../store/store.ts';
import { Flag, Limit, VersionNumber } from './inputs.ts';

/** Executions in one call of `recordExecutions`. */
const BATCH_MAX = 1000;

const Batch = z.strictObject({
  executions: z
    .array(Execution.extend({ bodies: KeptBodies.nullable().optional() }))
    .max(BATCH_MAX, `expected at most ${BATCH_MAX} executions`),
});

const ListQuery = z.strictObject({
  project: z.string().optional(),
  function: z.string().optional(),
  version: VersionNumber.optional(),
  alias: z.string().optional(),
  trigger: Trigger.optional(),
  status: z.enum(['1xx', '2xx', '3xx', '4xx', '5xx']).optional(),
  outcome: Outcome.optional(),
  failed: Flag.optional(),
  cold: Flag.optional(),
  rung: WakeRung.optional(),
  instance: z.string().optional(),
  requestId: z.string().optional(),
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
  q: z.string().optional(),
  before: z.string().optional(),
  limit: Limit,
});
const GetQuery = z.strictObject({ project: z.string().optional() });

const FeedQuery = z.strictObject({
  since: z.string().regex(/^-?\d{1,15}$/, 'expected a number').transform(Number),
  waitMs: z.string().regex(/^\d{1,5}$/, 'expected milliseconds').transform(Number),
}); // prettier-ignore

export function executionRoutes(store: Store, recorded: RecordedFeed): Router {
  const router = Router();

  router.post('/executions', async (req, res) => {
    const { executions } = parseInput(Batch, req.body, 'The batch');
    recorded.add(await store.recordExecutions(executions));
    res.status(204).end();
  });

  router.get('/executions', async (req, res) => {
    const { before, limit, ...filter } = parseInput(ListQuery, req.query, 'The query');
    res.json(await store.listExecutions(filter, { before, limit }));
  });

  router.get('/executions/recorded', async (req, res) => {
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    res.json(await recorded.after(parseInput(FeedQuery, req.query, 'The query'), gone.signal));
  });

  router.get('/executions/:id', async (req, res) => {
    res.json(await store.getExecution(req.params.id, parseInput(GetQuery, req.query, 'The query')));
  });

  return router;
}
