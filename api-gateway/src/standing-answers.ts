import type { ServerResponse } from 'node:http';
import type { Principal } from '@plat/platform-kit/domain.ts';

/** What a timer can hold. */
const TIMER_MAX_MS = 2 ** 31 - 1;

type Standing = { principal: Principal; end: () => void };

/**
 * Answers that go on and on, and the tokens they were given for.
 *
 * INVARIANTS: every one ends when the client leaves, when its token is deleted or expires, and when the gateway closes,
 * whichever is first; nothing of it stays here afterwards.
 */
export class StandingAnswers {
  readonly #isValid: (principal: Principal) => boolean;
  readonly #open = new Set<Standing>();

  constructor(isValid: (principal: Principal) => boolean) {
    this.#isValid = isValid;
  }

  get count(): number {
    return this.#open.size;
  }

  /** Aborts when the answer is not wanted, or not allowed, any more. */
  watch(res: ServerResponse, principal: Principal): AbortSignal {
    const over = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const standing: Standing = {
      principal,
      end: () => {
        clearTimeout(timer);
        this.#open.delete(standing);
        over.abort();
      },
    };
    const expire = (expiresAt: string) => {
      const leftMs = Date.parse(expiresAt) - Date.now();
      if (leftMs <= 0) return standing.end();
      timer = setTimeout(() => expire(expiresAt), Math.min(leftMs, TIMER_MAX_MS)).unref();
    };
    this.#open.add(standing);
    if (res.destroyed || res.closed || !this.#isValid(principal)) standing.end();
    else {
      res.once('close', standing.end);
      if (principal.expiresAt !== null) expire(principal.expiresAt);
    }
    return over.signal;
  }

  /** Tokens changed: ends the answers of those that are not valid any more. */
  recheck(): void {
    for (const standing of [...this.#open]) if (!this.#isValid(standing.principal)) standing.end();
  }

  close(): void {
    for (const standing of [...this.#open]) standing.end();
  }
}
