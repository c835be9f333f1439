import type { IncomingMessage } from 'node:http';
import type { Principal } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { bearerToken } from '@plat/platform-kit/http-server.ts';
import { clientAddress } from './client-address.ts';
import { hashSecret, type Principals } from './principals.ts';
import type { RateLimits } from './rate-limits.ts';

export type AuthenticateDeps = {
  principals: Principals;
  rateLimits: RateLimits;
  config: { TRUST_PROXY: number };
};

/**
 * Who is asking. Touches memory only. Throws `unauthenticated`, `rate_limited` (too many wrong tokens from this
 * address; a right one made by the platform still passes, it cannot be guessed) or `unavailable` (tokens not read yet).
 */
export function authenticate(deps: AuthenticateDeps, req: IncomingMessage): Principal {
  const secret = bearerToken(req.headers.authorization);
  if (secret === undefined) {
    throw new PlatformError(
      'unauthenticated',
      req.headers.authorization === undefined
        ? 'There is no token. Send the header "Authorization: Bearer <token>".'
        : 'The Authorization header is not of the form "Bearer <token>".',
    );
  }
  const lookup = deps.principals.find(secret);
  if (lookup.found === 'valid' && lookup.principal.id !== 'bootstrap') return lookup.principal;
  const address = clientAddress(req, deps.config.TRUST_PROXY);
  deps.rateLimits.assertMayTry(address);
  switch (lookup.found) {
    case 'valid':
      return lookup.principal;
    case 'not_read_yet':
      throw new PlatformError('unavailable', 'The tokens have not been read yet. Try again in a moment.', {
        details: { retryAfterSeconds: 1 },
      });
    case 'expired':
      throw new PlatformError('unauthenticated', 'The token has expired. Ask for a new one.');
    case 'unknown':
      deps.rateLimits.countFailure(address, hashSecret(secret));
      throw new PlatformError(
        'unauthenticated',
        'The token is not known here. Check it, or ask for a new one.',
      );
  }
}
