import type { Place } from '@plat/platform-kit/clients/proxy-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { Code } from '@plat/platform-kit/pool-code.ts';
import { askUpstream } from '@plat/platform-kit/upstream/ask-upstream.ts';
import { UpstreamPool } from '@plat/platform-kit/upstream/upstream-pool.ts';
import { deadline, pause } from '@plat/platform-kit/waiting.ts';
import { askInstance } from './ask-instance.ts';
import type { Dialer } from './dialer.ts';

const INTERVAL_MS = 25;
const ATTEMPT_TIMEOUT_MS = 1000;
const CONNECT_TIMEOUT_MS = 1000;
const ANSWER_LIMIT_BYTES = 64 * 1024;

/** What came of asking a container whether it waits for a function; see ProxyClient.awaitGeneric. */
export type PooledState = 'generic' | 'other' | 'silent';

/**
 * Speaks to containers without a function, which are in no index: no call ever comes to them. Each time over a
 * connection of its own.
 */
export class PooledContainers {
  readonly #dialer: Dialer;

  constructor(dialer: Dialer) {
    this.#dialer = dialer;
  }

  async awaitGeneric(place: Place, waitMs: number, signal: AbortSignal): Promise<PooledState> {
    const end = performance.now() + waitMs;
    return this.#connected(place, async (pool) => {
      while (!signal.aborted) {
        const left = end - performance.now();
        if (left <= 0) return 'silent';
        const attempt = deadline(Math.min(ATTEMPT_TIMEOUT_MS, left), signal);
        const result = await askInstance({ pool }, '/_plat/ready', attempt);
        if (result.kind === 'answer') {
          const { status } = (result.body ?? {}) as { status?: unknown };
          return status === 'generic' ? 'generic' : 'other';
        }
        await pause(INTERVAL_MS, signal);
      }
      return 'silent';
    });
  }

  /** Throws `conflict` when it has a function, `unreachable` when it does not take the code. */
  async specialize(
    place: Place,
    given: Code & { env: Record<string, string> },
    timeoutMs: number,
  ): Promise<void> {
    await this.#connected(place, async (pool) => {
      const request = {
        method: 'POST',
        path: '/_plat/specialize',
        headers: ['content-type', 'application/json'],
        body: Buffer.from(JSON.stringify(given)),
      };
      const bounds = { limitBytes: ANSWER_LIMIT_BYTES, signal: deadline(timeoutMs) };
      const { status } = await askUpstream(pool, request, bounds).catch((cause: unknown) => {
        throw new PlatformError('unreachable', 'The container of the pool does not answer.', { cause });
      });
      if (status === 202) return;
      if (status === 409) throw new PlatformError('conflict', 'The container has a function already.');
      throw new PlatformError(
        'unreachable',
        `The container of the pool refused its code with status ${status}.`,
      );
    });
  }

  async #connected<T>(place: Place, use: (pool: UpstreamPool) => Promise<T>): Promise<T> {
    const host = place.host.includes(':') ? `[${place.host}]` : place.host;
    const pool = new UpstreamPool({
      host: `${host}:${place.port}`,
      dial: (signal, onread) => this.#dialer.dial(place, deadline(CONNECT_TIMEOUT_MS, signal), onread),
    });
    try {
      return await use(pool);
    } finally {
      pool.destroy();
    }
  }
}
