import { Router } from 'express';
import { z } from 'zod';
import { envFlag } from '@plat/platform-kit/config.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { openEventStream } from '@plat/platform-kit/sse.ts';
import type { BuildLogs } from '../build-logs.ts';
import type { BuildScheduler } from '../build-scheduler.ts';
import type { Rebuilds } from '../rebuilds.ts';

export type BuildRouteDeps = {
  logs: BuildLogs;
  scheduler: BuildScheduler;
  rebuilds: Rebuilds;
  /** Aborts when the service stops: streams end then. */
  stopping: AbortSignal;
};

const Params = z.object({
  functionId: z.string(),
  version: z.string().regex(/^\d{1,9}$/, 'expected a version number').transform(Number),
}); // prettier-ignore
const LogQuery = z.object({ follow: envFlag().default(false) });

export function buildRoutes({ logs, scheduler, rebuilds, stopping }: BuildRouteDeps): Router {
  const router = Router();

  router.get('/builds/:functionId/:version/log', async (req, res) => {
    const { functionId, version } = parseInput(Params, req.params, 'the path');
    const { follow } = parseInput(LogQuery, req.query, 'the query');
    const stream = openEventStream(res);
    const signal = AbortSignal.any([stream.closed, stopping]);
    if (follow) await scheduler.untilKnown(functionId, version, signal);
    const isOver = () => !follow || scheduler.isOver(functionId, version);
    for await (const line of logs.read(functionId, version, { isOver, signal }))
      await stream.send({ event: 'line', data: line });
    if (!stopping.aborted) await stream.send({ event: 'end', data: {} });
    stream.end();
  });

  router.post('/builds/:functionId/:version/cancel', async (req, res) => {
    const { functionId, version } = parseInput(Params, req.params, 'the path');
    await scheduler.cancel(functionId, version);
    res.status(204).end();
  });

  router.post('/builds/:functionId/:version/rebuild', async (req, res) => {
    const { functionId, version } = parseInput(Params, req.params, 'the path');
    res.status(202).json(await rebuilds.request(functionId, version));
  });

  return router;
}
