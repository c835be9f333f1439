import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { requestId } from '@plat/platform-kit/http-server.ts';
import { bindRoute } from '../bind-route.ts';
import { DEFAULT_PROJECT } from '../function-path.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { jsonBody } from '../json-body.ts';
import { readDraft } from '../read-draft.ts';
import { isSourceForm } from '../source-form.ts';
import { runDraft } from '../run-draft.ts';

/** Each builds and starts a container: more at once would take the host from those that serve. */
const AT_ONCE = 3;

export function draftRoutes(deps: GatewayDeps): Router {
  const router = Router();
  for (const read of jsonBody())
    router.use(API.testFunction.path, (req, res, next) =>
      isSourceForm(req) ? next() : read(req, res, next),
    );
  let running = 0;
  bindRoute(router, API.testFunction, async ({ req, res, query, body, principal }) => {
    if (running >= AT_ONCE)
      throw new PlatformError('unavailable', `${AT_ONCE} drafts run already; try again in a moment.`, {
        details: { retryAfterSeconds: 5 },
      });
    running++;
    try {
      const wanted = deps.standing.watch(res, principal);
      const run = {
        ...(await readDraft(deps, req, body, wanted)),
        project: query.project ?? principal.project ?? DEFAULT_PROJECT,
        actor: principal.name,
        authorization: req.headers.authorization!,
        requestId: requestId(res),
      };
      return await runDraft(deps, run, wanted);
    } finally {
      running--;
    }
  });
  return router;
}
