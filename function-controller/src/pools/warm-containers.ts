import type { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import type { PoolContainer } from './plan-pools.ts';
import type { Pooled } from './pool-host.ts';
import { poolKey } from './pool-spec.ts';

/** A container that does not answer by then never will. */
const WARM_TIMEOUT_MS = 20_000;
/** One that was taken so long ago is an instance, or gone: after that what the engine lists counts. */
const TAKEN_MS = 120_000;

/**
 * Which containers of pools wait for a function, as they say themselves, and which are somebody's. Lost with the process,
 * which asks them anew.
 *
 * INVARIANTS
 * 1. A container is taken once: it is no longer warm before anything is awaited.
 * 2. One that has a function's code, or does not answer, never gets warm.
 * 3. What is taken is no round's business, and is nobody else's unless it is put back.
 */
export class WarmContainers {
  readonly #proxy: Pick<ProxyClient, 'awaitGeneric'>;
  readonly #onUseless: () => void;
  readonly #warm = new Map<string, Pooled>();
  readonly #asked = new Map<string, Promise<void>>();
  readonly #useless = new Set<string>();
  /** When it was taken, by id. */
  readonly #taken = new Map<string, number>();
  readonly #stop = new AbortController();

  /** `onUseless`: one turned out to be of no use. */
  constructor(proxy: Pick<ProxyClient, 'awaitGeneric'>, onUseless: () => void) {
    this.#proxy = proxy;
    this.#onUseless = onUseless;
  }

  /** Resolves once it said what it is, or could not be asked. Never rejects. */
  ask(one: Pooled): Promise<void> {
    const { id, address, status, labels } = one;
    const isKnown = this.#warm.has(id) || this.#useless.has(id) || this.#taken.has(id);
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

  /** One that is warm, of this pool, for which `isFree`; from now on it is the caller's. */
  take(key: string, isFree: (pooled: Pooled) => boolean): Pooled | undefined {
    for (const [id, pooled] of this.#warm) {
      if (keyOf(pooled) !== key || !isFree(pooled)) continue;
      this.#warm.delete(id);
      this.#taken.set(id, Date.now());
      return pooled;
    }
    return undefined;
  }

  /** It got no code after all. */
  putBack(pooled: Pooled): void {
    if (this.#taken.delete(pooled.id)) this.#warm.set(pooled.id, pooled);
  }

  /** Somebody has it, or had it a moment ago. */
  isTaken(id: string): boolean {
    return this.#taken.has(id);
  }

  /** Nobody gets it any more; false when somebody has it already. */
  withdraw(id: string): boolean {
    if (this.#taken.has(id)) return false;
    this.#warm.delete(id);
    this.#useless.add(id);
    return true;
  }

  stateOf({ id, status }: Pick<Pooled, 'id' | 'status'>): PoolContainer['state'] {
    if (status !== 'running' || this.#useless.has(id)) return 'useless';
    return this.#warm.has(id) ? 'warm' : 'starting';
  }

  forget(id: string): void {
    this.#warm.delete(id);
    this.#useless.delete(id);
    this.#taken.delete(id);
  }

  /** Drops what is known of all but these, and who took what long ago. */
  keepOnly(pooled: readonly Pooled[], nowMs: number): void {
    const present = new Set(pooled.map(({ id }) => id));
    for (const id of [...this.#warm.keys(), ...this.#useless]) {
      if (present.has(id)) continue;
      this.#warm.delete(id);
      this.#useless.delete(id);
    }
    for (const [id, atMs] of this.#taken) if (nowMs - atMs > TAKEN_MS) this.#taken.delete(id);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#asked.values());
  }
}

export function keyOf({ labels: { project, spec } }: Pick<Pooled, 'labels'>): string {
  return poolKey(project, spec);
}
