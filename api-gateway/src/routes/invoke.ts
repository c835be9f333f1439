import { Router } from 'express';
import { requestId } from '@plat/platform-kit/http-server.ts';
import type { Selector } from '@plat/platform-kit/invoker.ts';
import { AliasName } from '@plat/platform-kit/names.ts';
import { parseInput } from '@plat/platform-kit/parse.ts';
import { z } from 'zod';
import { authorise } from '../authorise.ts';
import { assertBodyFits } from '../function-path.ts';
import type { GatewayDeps } from '../gateway-deps.ts';
import { principalOf } from '../principal-of.ts';
import { stripHeaders } from '../request-headers.ts';
import { VersionNumber, functionParams } from '../request-params.ts';

const Query = z
  .strictObject({ alias: AliasName.optional(), version: VersionNumber.optional() })
  .refine(
    (query) => query.alias === undefined || query.version === undefined,
    'expected either "alias" or "version"',
  )
  .transform(({ alias, version }): Selector =>
    version === undefined ? { alias: alias ?? 'live' } : { version },
  );

export function invokeRoutes({ config, invoker }: GatewayDeps): Router {
  const router = Router();
  router.post('/projects/:project/functions/:name/invoke', async (req, res) => {
    const { project, name } = functionParams(req);
    authorise(principalOf(res), 'function.invoke', { project });
    const selector = parseInput(Query, req.query, 'The query');
    assertBodyFits(req, config.BODY_LIMIT_BYTES);
    stripHeaders(req, ['authorization', 'expect']);
    await invoker.invoke(req, res, {
      requestId: requestId(res),
      project,
      function: name,
      selector,
      path: '/',
      trigger: 'invoke',
      bodyLimitBytes: config.BODY_LIMIT_BYTES,
    });
  });
  return router;
}
