import { Router } from 'express';
import { API } from '@plat/platform-kit/api/api.ts';
import { requestId } from '@plat/platform-kit/http-server.ts';
import { bindRoute } from '../bind-route.ts';
import { assertBodyFits } from '../function-path.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { elapsedMs } from '../principal-of.ts';
import { stripHeaders } from '../request-headers.ts';

export function invokeRoutes({ config, invoker }: GatewayDeps): Router {
  const router = Router();
  bindRoute(
    router,
    API.invoke,
    async ({ req, res, params: { project, name }, query: { alias, version } }) => {
      assertBodyFits(req, config.BODY_LIMIT_BYTES);
      stripHeaders(req, ['authorization', 'expect']);
      await invoker.invoke(req, res, {
        requestId: requestId(res),
        project,
        function: name,
        selector: version === undefined ? { alias: alias ?? 'live' } : { version },
        path: '/',
        trigger: 'invoke',
        bodyLimitBytes: config.BODY_LIMIT_BYTES,
        authorisedMs: elapsedMs(res),
      });
    },
  );
  return router;
}
