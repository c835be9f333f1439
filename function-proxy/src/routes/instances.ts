import { Router } from 'express';
import { z } from 'zod';
import type { ChangeFollower } from '@plat/platform-kit/change-feed.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { callerGone } from '../caller-gone.ts';
import { drainInstance } from '../drain-instance.ts';
import type { InstanceIndex } from '../instance-index.ts';

const Wait = z.object({ waitMs: z.coerce.number().int().min(0).max(120_000).default(0) });
const Drain = z.object({
  seq: z.int().min(0),
  timeoutMs: z.int().min(0).max(3_600_000),
  callsTimeoutMs: z.int().min(0).max(86_400_000).default(0),
});

export function instanceRoutes(deps: {
  index: InstanceIndex;
  follower: Pick<ChangeFollower, 'caughtUp'>;
}): Router {
  const router = Router();

  router.get('/instances', (_req, res) => {
    const items = deps.index
      .list()
      .map(({ id, readiness, inFlight }) => ({ instanceId: id, readiness, inFlight }));
    res.json({ items });
  });

  router.get('/instances/:id/readiness', async (req, res) => {
    const { waitMs } = parseInput(Wait, req.query, 'The query');
    res.json(await deps.index.readiness(req.params.id, waitMs, callerGone(res)));
  });

  router.post('/instances/:id/drain', async (req, res) => {
    const asked = parseInput(Drain, req.body, 'The body');
    const request = { instanceId: req.params.id, ...asked };
    res.json(await drainInstance(request, deps, callerGone(res)));
  });

  router.post('/instances/:id/park', (req, res) => {
    res.json({ parked: deps.index.park(req.params.id) });
  });

  router.delete('/instances/:id/park', (req, res) => {
    deps.index.unpark(req.params.id);
    res.status(204).end();
  });

  return router;
}
