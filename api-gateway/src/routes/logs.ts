import { Router } from 'express';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { parseDurationMs } from '@plat/platform-kit/units.ts';
import { z } from 'zod';
import { authorise } from '../authorise.ts';
import { collectEvents, relayEvents } from '../event-relay.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { principalOf } from '../principal-of.ts';
import { QueryFlag, VersionNumber, functionParams, queryInt } from '../request-params.ts';

const LIMIT_LINES = 10_000;
const SINCE_EXPECTED = 'expected an ISO time or a duration such as "5m"';

const Since = z.string(SINCE_EXPECTED).transform((text, context) => {
  const agoMs = parseDurationMs(text);
  const time =
    agoMs === undefined && /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Date.now() - (agoMs ?? NaN);
  if (Number.isFinite(time) && time >= 0) return new Date(time).toISOString();
  context.addIssue({ code: 'custom', message: SINCE_EXPECTED });
  return z.NEVER;
});

const Query = z.strictObject({
  since: Since.optional(),
  tail: queryInt({ min: 0, max: LIMIT_LINES }).optional(),
  requestId: z.string().max(64).optional(),
  version: VersionNumber.optional(),
  follow: QueryFlag.default(false),
});

export function logRoutes({ metadata, controller, closing }: GatewayDeps): Router {
  const router = Router();
  router.get('/projects/:project/functions/:name/logs', async (req, res) => {
    const { project, name } = functionParams(req);
    authorise(principalOf(res), 'log.read', { project });
    const query = parseInput(Query, req.query, 'The query');
    const { id } = await metadata.getFunction(project, name);
    const open = (signal: AbortSignal) => controller.logs(id, query, { signal });
    if (query.follow) return relayEvents(res, closing, open);
    const items = await collectEvents(open, { event: 'line', limit: LIMIT_LINES, timeoutMs: 30_000 });
    res.json({ items, next: null });
  });
  return router;
}
