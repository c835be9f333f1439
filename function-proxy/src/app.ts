import { Router, type Express } from 'express';
import type { ChangeFollower } from '@plat/platform-kit/change-feed.ts';
import { checkRoutes } from '@plat/platform-kit/check-routes.ts';
import { createInternalApp } from '@plat/platform-kit/http-server.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { ServiceMetrics } from '@plat/platform-kit/telemetry/service-metrics.ts';
import type { Acquirer } from './acquire.ts';
import type { Discovery } from './discovery.ts';
import type { InstanceIndex } from './instance-index.ts';
import { COMPONENT } from './invoke.ts';
import type { PooledContainers } from './pooled-containers.ts';
import { proxyChecks } from './proxy-checks.ts';
import type { ReachView } from './relay/reach.ts';
import type { ExecutionRecorder } from './record-execution.ts';
import { instanceRoutes } from './routes/instances.ts';
import { pooledRoutes } from './routes/pooled.ts';
import { loadRoutes } from './routes/load.ts';
import { reachRoutes } from './routes/reach.ts';

export type AppDeps = {
  index: InstanceIndex;
  acquirer: Acquirer;
  recorder: Pick<ExecutionRecorder, 'queued' | 'dropped'>;
  follower: Pick<ChangeFollower, 'caughtUp' | 'synced' | 'replica'>;
  reach: ReachView;
  metrics: ServiceMetrics;
  pooled: PooledContainers;
  discovery: Pick<Discovery, 'announce'>;
  internalToken: string;
  logger: Logger;
};

/** The internal API, as the controller uses it. Invocations do not come through here. */
export function createApp(deps: AppDeps): Express {
  const router = Router();
  router.use(instanceRoutes(deps));
  router.use(loadRoutes(deps));
  router.use(pooledRoutes(deps));
  router.use(reachRoutes(deps));
  router.get('/recording', (_req, res) => {
    res.json({ queued: deps.recorder.queued, lost: deps.recorder.dropped });
  });
  router.use(checkRoutes({ component: COMPONENT, checks: () => proxyChecks(deps) }));
  return createInternalApp({
    component: COMPONENT,
    internalToken: deps.internalToken,
    logger: deps.logger,
    router,
    metrics: deps.metrics,
  });
}
