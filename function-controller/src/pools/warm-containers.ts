import type { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import type { PoolContainer } from './plan-pools.ts';
import type { Pooled } from './pool-host.ts';
import { poolKey } from './pool-spec.ts';

/** A container that does not answer by then never will. */
const WARM_TIMEOUT_MS = 20_000;

/**
 * Which containers of pools wait for a function, as they say themselves. Lost with the process, which asks them anew.
 *
 * INVARIANTS
 * 1. A container is taken once: it is no longer warm before anything is awaited.
 * 2. One that has a function's code, or does not answer, never gets warm.
 */
export class WarmContainers {
  readonly #proxy: Pick<ProxyClient, 'awaitGeneric'>;
  readonly #onUseless: () => void;
  readonly #warm = new Map<string, Pooled>();
  readonly #asked = new Map<string, Promise<void>>();
  readonly #useless = new Set<string>();
  readonly #stop = new AbortController();

  /** `onUseless`: one turned out to be of no use. */
  constructor(proxy: Pick<ProxyClient, 'awaitGeneric'>, onUseless: () => void) {
    this.#proxy = proxy;
    this.#onUseless = onUseless;
  }

  /** Resolves once it said what it is, or could not be asked. Never rejects. */
  ask(one: Pooled): Promise<void> {
    const { id, address, status, labels } = one;
    const isKnown = this.#warm.has(id) || this.#useless.has(id);
    if (isKnown || status !== 'running' || address === null) return Promise.resolve();
    const asked = this.#asked.get(id);
    if (asked) return asked;
    const place = { host: address, port: labels.port };
    const asking = this.#proxy
      .awaitGeneric(place, { waitMs: WARM_TIMEOUT_MS, signal: this.#stop.signal })
      .then(({ state }) => {
        if (state === 'generic') return void this.#warm.set(id, one);
        this.#useless.add(id);
        this.#onUseless();
      })
      // The proxy is away, which says nothing of the container: it is asked again.
      .catch(() => undefined)
      .finally(() => this.#asked.delete(id));
    this.#asked.set(id, asking);
    return asking;
  }

  /** One that is warm, of this pool; from now on it is useless to anybody else. */
  take(key: string): Pooled | undefined {
    for (const [id, pooled] of this.#warm) {
      if (keyOf(pooled) !== key) continue;
      this.#warm.delete(id);
      this.#useless.add(id);
      return pooled;
    }
    return undefined;
  }

  stateOf({ id, status }: Pick<Pooled, 'id' | 'status'>): PoolContainer['state'] {
    if (status !== 'running' || this.#useless.has(id)) return 'useless';
    return this.#warm.has(id) ? 'warm' : 'starting';
  }

  forget(id: string): void {
    this.#warm.delete(id);
    this.#useless.delete(id);
  }

  keepOnly(pooled: readonly Pooled[]): void {
    const present = new Set(pooled.map(({ id }) => id));
    for (const id of [...this.#warm.keys(), ...this.#useless]) if (!present.has(id)) this.forget(id);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#asked.values());
  }
}

export function keyOf({ labels: { project, spec } }: Pick<Pooled, 'labels'>): string {
  return poolKey(project, spec);
}
