import { PlatformError } from '@plat/platform-kit/errors.ts';
import { BurstyRateLimiter, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

const BURST_WINDOW_SECONDS = 10;

export type RateLimitSettings = {
  /** 0: no limit. */
  perSecond: number;
  /** How many more than `perSecond` may come within ten seconds. */
  burst: number;
  authFailuresPerMinute: number;
};

/** What one token and one address may do, counted in this process. */
export class RateLimits {
  readonly #requests: BurstyRateLimiter | undefined;
  readonly #failures: RateLimiterMemory;
  readonly #tried: RateLimiterMemory;
  readonly #settings: RateLimitSettings;

  constructor(settings: RateLimitSettings) {
    this.#settings = settings;
    this.#requests =
      settings.perSecond === 0
        ? undefined
        : new BurstyRateLimiter(
            new RateLimiterMemory({ points: settings.perSecond, duration: 1 }),
            new RateLimiterMemory({ points: settings.burst, duration: BURST_WINDOW_SECONDS }),
          );
    this.#failures = new RateLimiterMemory({ points: settings.authFailuresPerMinute, duration: 60 });
    this.#tried = new RateLimiterMemory({ points: 1, duration: 60 });
  }

  /** Counts one request of a token; throws `rate_limited` when it was one too many. */
  async countRequest(tokenId: string): Promise<void> {
    await this.#requests?.consume(tokenId).catch((refusal: unknown) => {
      throw this.#tooMany(
        `This token may make ${this.#settings.perSecond} requests a second and has made more. Slow down, or raise RATE_LIMIT_PER_SECOND.`,
        refusal,
      );
    });
  }

  /** Throws `rate_limited` while `address` has tried too many wrong tokens. */
  async assertMayTry(address: string): Promise<void> {
    const state = await this.#failures.get(address);
    if (state && state.consumedPoints >= this.#settings.authFailuresPerMinute) {
      throw this.#tooMany('Too many wrong tokens came from this address. Wait a minute.', state);
    }
  }

  /** Counts a wrong token. The same one again is not a new guess: a page left open must not lock its address out. */
  async countFailure(address: string, tokenHash: string): Promise<void> {
    const isNew = await this.#tried.consume(`${address} ${tokenHash}`).then(
      () => true,
      () => false,
    );
    if (isNew) await this.#failures.penalty(address);
  }

  #tooMany(message: string, refusal: unknown): PlatformError {
    const waitMs = refusal instanceof RateLimiterRes ? refusal.msBeforeNext : 1000;
    return new PlatformError('rate_limited', message, {
      details: { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) },
    });
  }
}
