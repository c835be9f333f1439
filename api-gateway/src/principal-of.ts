import type { RequestHandler, Response } from 'express';
import type { Principal } from '@plat/platform-kit/domain.ts';
import { authenticate } from './authenticate.ts';
import type { GatewayDeps } from './gateway-deps.ts';

/** Everything under `/api` wants a token and counts against that token's rate. */
export function requirePrincipal(
  deps: Pick<GatewayDeps, 'config' | 'principals' | 'rateLimits'>,
): RequestHandler {
  return (req, res, next) => {
    const principal = authenticate(deps, req);
    deps.rateLimits.countRequest(principal.id);
    res.locals['principal'] = principal;
    next();
  };
}

/** Who is asking, behind {@link requirePrincipal}. */
export function principalOf(res: Response): Principal {
  return res.locals['principal'] as Principal;
}
