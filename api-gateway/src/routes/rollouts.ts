import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import { toRolloutPlan } from '@plat/platform-kit/rollout.ts';
import { openEventStream } from '@plat/platform-kit/sse.ts';
import { bindRoute } from '../bind-route.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { sendRolloutEvents } from '../rollout-events.ts';

export function rolloutRoutes({ metadata, versionWatch, standing }: GatewayDeps): Router {
  const router = Router();

  bindRoute(router, API.startRollout, ({ params: { project, name }, body, principal }) => {
    const { version, ...plan } = body;
    return metadata.startRollout(project, name, {
      version,
      plan: toRolloutPlan(plan),
      actor: principal.name,
    });
  });

  bindRoute(router, API.listRollouts, ({ params: { project, name }, query }) =>
    metadata.listRollouts(project, name, query),
  );

  bindRoute(router, API.getRollout, ({ params: { project, name } }) => metadata.getRollout(project, name));

  bindRoute(router, API.watchRollout, async ({ res, params: { project, name }, principal }) => {
    const first = await metadata.getRollout(project, name);
    const signal = standing.watch(res, principal);
    const stream = openEventStream(res);
    await sendRolloutEvents({ metadata, versionWatch }, first, {
      send: (event) => stream.send(event),
      signal,
    });
    stream.end();
  });

  bindRoute(router, API.steerRollout, ({ params: { project, name, action }, principal }) =>
    metadata.steerRollout(project, name, { action, actor: principal.name }),
  );

  bindRoute(router, API.abortRollout, ({ params: { project, name }, principal }) =>
    metadata.steerRollout(project, name, { action: 'abort', actor: principal.name }),
  );
  return router;
}
