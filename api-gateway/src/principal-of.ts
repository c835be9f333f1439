import type { RequestHandler, Response } from 'express';
import type { Principal } from '@plat/platform-kit/domain.ts';
import { authenticate } from './authenticate.ts';
import type { GatewayDeps } from './gateway-deps.ts';

/** Everything under `/api` wants a token and counts against that token's rate. */
export function requirePrincipal(
  deps: Pick<GatewayDeps, 'config' | 'principals' | 'rateLimits'>,
): RequestHandler {
  return (req, res, next) => {
    const receivedAt = performance.now();
    const principal = authenticate(deps, req);
    deps.rateLimits.countRequest(principal.id);
    res.locals['principal'] = principal;
    res.locals['receivedAt'] = receivedAt;
    next();
  };
}

/** Who is asking, behind {@link requirePrincipal}. */
export function principalOf(res: Response): Principal {
  return res.locals['principal'] as Principal;
}

/** How long it is since the request came here, in ms. */
export function elapsedMs(res: Response): number {
  return performance.now() - (res.locals['receivedAt'] as number);
}
