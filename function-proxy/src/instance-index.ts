import type { Readiness } from '@plat/platform-kit/clients/proxy-client.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { Dialer } from './dialer.ts';
import { Instance, addressOf } from './instance.ts';
import type { DiscoveredInstance } from './instance-source.ts';

export type IndexHooks = {
  /** A new run of an instance: somebody must find out when it is ready. `signal` aborts when it leaves. */
  probe: (instance: Instance, signal: AbortSignal) => void;
  /** The instances of this version changed (one became ready, failed or left). */
  onChange: (key: string) => void;
  dialer: Dialer;
};

/**
 * The routing index: version key → instances. Rebuilt from the list of what runs; nothing here is kept anywhere else.
 *
 * INVARIANTS
 * 1. An instance is in the index only while the latest list says `running` with the address it was made for.
 * 2. A new run (restart, resume, other address) is a new `Instance` that starts at `probing`.
 * 3. An id that was taken out (drained, hung) does not come back until it was gone from a list.
 * 4. `pick` returns ready instances only, and never one that has `concurrency` calls in flight.
 * 5. `inFlight` of an instance goes on counting after it left; its connections close when its last call ends.
 */
export class InstanceIndex {
  readonly #hooks: IndexHooks;
  readonly #byId = new Map<string, { instance: Instance; left: AbortController }>();
  readonly #byKey = new Map<string, Instance[]>();
  readonly #out = new Map<string, Instance | undefined>();
  readonly #watchers = new Map<string, Set<() => void>>();

  constructor(hooks: IndexHooks) {
    this.#hooks = hooks;
  }

  /** Takes over a whole list; `began` are ids that (re)started since the list before. */
  apply(list: readonly DiscoveredInstance[], began: ReadonlySet<string>): void {
    const listed = new Set(list.map((found) => found.id));
    for (const id of this.#out.keys()) if (!listed.has(id)) this.#out.delete(id);
    for (const id of [...this.#byId.keys()]) if (!listed.has(id)) this.#leave(id);
    for (const found of list) {
      if (this.#out.has(found.id)) continue;
      if (found.status !== 'running' || found.address === null) this.#leave(found.id);
      else this.#keepOrRenew({ ...found, address: found.address }, began.has(found.id));
    }
  }

  /** The ready instance of a version with the fewest calls in flight, if one has room. */
  pick(key: string, concurrency: number): Instance | undefined {
    let best: Instance | undefined;
    for (const instance of this.#byKey.get(key) ?? []) {
      if (instance.state.state !== 'ready' || instance.inFlight >= concurrency) continue;
      if (best === undefined || instance.inFlight < best.inFlight) best = instance;
    }
    return best;
  }

  /** Whether a version has any instance, in whatever state. */
  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  hasReady(key: string): boolean {
    return this.#byKey.get(key)?.some((instance) => instance.state.state === 'ready') ?? false;
  }

  get(id: string): Instance | undefined {
    return this.#byId.get(id)?.instance;
  }

  list(): Instance[] {
    return [...this.#byId.values()].map(({ instance }) => instance);
  }

  markReady(instance: Instance): void {
    if (!this.#has(instance)) return;
    instance.state = { state: 'ready' };
    this.#changed(instance);
  }

  markFailed(instance: Instance, reason: string): void {
    if (!this.#has(instance)) return;
    instance.state = { state: 'failed', reason };
    this.#changed(instance);
  }

  /** It refused a connection: no more calls until the probe has seen it ready again. */
  markUnreachable(instance: Instance): void {
    const entry = this.#byId.get(instance.id);
    if (entry?.instance !== instance || instance.state.state !== 'ready') return;
    instance.state = { state: 'probing' };
    this.#changed(instance);
    this.#hooks.probe(instance, entry.left.signal);
  }

  /** Out of the index at once, and not back until it is gone from the engine. Returns it while it is known. */
  takeOut(id: string): Instance | undefined {
    if (this.#out.has(id)) return this.#out.get(id);
    const instance = this.get(id);
    this.#out.set(id, instance);
    this.#leave(id);
    return instance;
  }

  /** Waits up to `waitMs` until the instance is ready or failed; says what it is then. */
  async readiness(id: string, waitMs: number, signal: AbortSignal): Promise<Readiness> {
    const end = performance.now() + waitMs;
    while (true) {
      const readiness = this.get(id)?.readiness ?? { state: 'unknown' };
      const left = end - performance.now();
      if (readiness.state === 'ready' || readiness.state === 'failed') return readiness;
      if (left <= 0 || signal.aborted || this.#out.has(id)) return readiness;
      await this.#nextChange(id, left, signal);
    }
  }

  close(): void {
    const known = [...this.list(), ...this.#out.values()];
    for (const id of [...this.#byId.keys()]) this.#leave(id);
    for (const instance of known) void instance?.pool.destroy().catch(() => undefined);
  }

  async #nextChange(id: string, ms: number, signal: AbortSignal): Promise<void> {
    const changed = new AbortController();
    const wake = () => changed.abort();
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(wake));
    signal.addEventListener('abort', wake, { once: true });
    await pause(ms, changed.signal);
    signal.removeEventListener('abort', wake);
    watchers.delete(wake);
    if (watchers.size === 0 && this.#watchers.get(id) === watchers) this.#watchers.delete(id);
  }

  #has(instance: Instance): boolean {
    return this.get(instance.id) === instance;
  }

  #keepOrRenew(found: DiscoveredInstance & { address: string }, began: boolean): void {
    const known = this.get(found.id);
    if (known && !began && known.address === addressOf(found)) return;
    this.#leave(found.id);
    const instance = new Instance(found, this.#hooks.dialer);
    const left = new AbortController();
    this.#byId.set(found.id, { instance, left });
    this.#byKey.set(instance.key, [...(this.#byKey.get(instance.key) ?? []), instance]);
    this.#hooks.probe(instance, left.signal);
    this.#wakeWatchers(found.id);
  }

  #leave(id: string): void {
    const entry = this.#byId.get(id);
    if (!entry) return;
    const { instance } = entry;
    this.#byId.delete(id);
    const others = (this.#byKey.get(instance.key) ?? []).filter((other) => other !== instance);
    if (others.length > 0) this.#byKey.set(instance.key, others);
    else this.#byKey.delete(instance.key);
    instance.state = { state: 'draining' };
    entry.left.abort();
    instance.close();
    this.#changed(instance);
  }

  #changed(instance: Instance): void {
    this.#wakeWatchers(instance.id);
    this.#hooks.onChange(instance.key);
  }

  #wakeWatchers(id: string): void {
    for (const wake of this.#watchers.get(id) ?? []) wake();
  }
}
