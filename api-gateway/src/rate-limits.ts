import { PlatformError } from '@plat/platform-kit/errors.ts';
import { WindowCounter } from './window-counter.ts';

const BURST_WINDOW_MS = 10_000;
const FAILURE_WINDOW_MS = 60_000;

export type RateLimitSettings = {
  /** 0: no limit. */
  perSecond: number;
  /** How many more than `perSecond` may come within ten seconds. */
  burst: number;
  authFailuresPerMinute: number;
};

/** What one token and one address may do, counted in this process. Nothing here waits: every call passes through it. */
export class RateLimits {
  readonly #requests: WindowCounter | undefined;
  readonly #burst: WindowCounter;
  readonly #failures: WindowCounter;
  readonly #tried: WindowCounter;
  readonly #perSecond: number;

  constructor({ perSecond, burst, authFailuresPerMinute }: RateLimitSettings) {
    this.#perSecond = perSecond;
    this.#requests = perSecond === 0 ? undefined : new WindowCounter({ limit: perSecond, windowMs: 1000 });
    this.#burst = new WindowCounter({ limit: burst, windowMs: BURST_WINDOW_MS });
    this.#failures = new WindowCounter({ limit: authFailuresPerMinute, windowMs: FAILURE_WINDOW_MS });
    this.#tried = new WindowCounter({ limit: 1, windowMs: FAILURE_WINDOW_MS });
  }

  /** Counts one request of a token; throws `rate_limited` when it was one too many. */
  countRequest(tokenId: string): void {
    if (this.#requests === undefined || this.#requests.take(tokenId) || this.#burst.take(tokenId)) return;
    throw tooMany(
      `This token may make ${this.#perSecond} requests a second and has made more. Slow down, or raise RATE_LIMIT_PER_SECOND.`,
      this.#requests.waitMs(tokenId),
    );
  }

  /** Throws `rate_limited` while `address` has tried too many wrong tokens. */
  assertMayTry(address: string): void {
    const waitMs = this.#failures.waitMs(address);
    if (waitMs > 0) throw tooMany('Too many wrong tokens came from this address. Wait a minute.', waitMs);
  }

  /** Counts a wrong token. The same one again is not a new guess: a page left open must not lock its address out. */
  countFailure(address: string, tokenHash: string): void {
    if (this.#tried.take(`${address} ${tokenHash}`)) this.#failures.take(address);
  }
}

function tooMany(message: string, waitMs: number): PlatformError {
  return new PlatformError('rate_limited', message, {
    details: { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) },
  });
}
