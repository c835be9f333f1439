import { PlatformError } from '@plat/platform-kit/errors.ts';

/** The call may have come to the function. */
export function unreachable(cause: unknown): PlatformError {
  return new PlatformError('unreachable', 'The function-proxy cannot be reached. Is it running?', { cause });
}

/** Nothing of the call was sent: whoever tries again repeats nothing. */
export function proxyAway(holdMs: number, cause: unknown): PlatformError {
  const waited = holdMs > 0 ? ` The call was held for up to ${holdMs / 1000} s and not sent.` : '';
  return new PlatformError(
    'unavailable',
    `The function-proxy takes no connections. Is it running?${waited}`,
    {
      cause,
      details: { reason: 'proxy_away', retryAfterSeconds: 5 },
    },
  );
}
