import type { Readiness } from '@plat/platform-kit/clients/proxy-client.ts';
import type { StreamBuffers } from '@plat/platform-kit/upstream/stream-buffers.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { Dialer } from './dialer.ts';
import { Instance, addressOf } from './instance.ts';
import type { DiscoveredInstance } from './instance-source.ts';

/** So long after `park` an instance should have been paused or stopped. */
const PARK_LIMIT_MS = 15_000;
/** For so long after `resumed` a list that says `paused` is taken for an old one. */
const OLD_LIST_MS = 1000;

type Entry = { instance: Instance; left: AbortController; resumedAtMs: number };

export type IndexHooks = {
  /** A new run of an instance: somebody must find out when it is ready. `signal` aborts when it leaves. */
  probe: (instance: Instance, signal: AbortSignal) => void;
  /** The instances of this version changed (one became ready, failed or left). */
  onChange: (key: string) => void;
  dialer: Dialer;
  /** What large answers of instances are read into. */
  streams?: StreamBuffers;
};

/**
 * The routing index: version key → instances. Rebuilt from the list of what runs; nothing here is kept anywhere else.
 *
 * INVARIANTS
 * 1. An instance is in the index only while the latest list says `running` or `paused`, with the address it was made for, or
 *    it was added since.
 * 2. A new run (restart, other address) is a new `Instance` that starts at `probing`; one that goes on after a pause is the
 *    same, and as ready as it was.
 * 3. An id that was taken out (drained, hung) does not come back until it was gone from a list.
 * 4. `pick` returns ready instances only, and never one that has `concurrency` calls in flight.
 * 5. An instance is parked only while it has no call, and gets none until it is unparked, resumed, or nothing became of
 *    it for `PARK_LIMIT_MS`.
 * 6. `inFlight` of an instance goes on counting after it left; its connections close when its last call ends.
 */
export class InstanceIndex {
  readonly #hooks: IndexHooks;
  readonly #byId = new Map<string, Entry>();
  readonly #byKey = new Map<string, Instance[]>();
  readonly #out = new Map<string, Instance | undefined>();
  /** Ids that the last list showed stopped. */
  #stopped = new Set<string>();
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
      const isHere = found.status === 'running' || found.status === 'paused';
      if (!isHere || found.address === null) this.#leave(found.id);
      else this.#keepOrRenew({ ...found, address: found.address }, began.has(found.id));
    }
    this.#stopped = new Set(list.flatMap(({ id, status }) => (status === 'exited' ? [id] : [])));
  }

  /** Takes over one that no list shows yet. */
  add(found: DiscoveredInstance): void {
    if (found.address === null || this.#out.has(found.id)) return;
    this.#keepOrRenew({ ...found, address: found.address }, false);
  }

  /** Out of `pick` until it is unparked or resumed, unless it has calls or is not ready. True when it gets no calls now. */
  park(id: string): boolean {
    const instance = this.get(id);
    if (instance?.state.state === 'paused') return true;
    if (instance?.state.state !== 'ready' || instance.inFlight > 0) return false;
    instance.state = { state: 'parked', sinceMs: Date.now() };
    this.#changed(instance);
    return true;
  }

  unpark(id: string): void {
    const instance = this.get(id);
    if (instance?.state.state === 'parked') this.#setReady(instance);
  }

  /** Its owner let it go on after a pause: a list that was under way may say otherwise for a moment. */
  resumed(id: string): void {
    const entry = this.#byId.get(id);
    if (!entry) return;
    entry.resumedAtMs = Date.now();
    this.#goOn(entry);
  }

  /** Instances of a version that would go on at once if they were resumed. */
  resting(key: string): Instance[] {
    return (this.#byKey.get(key) ?? []).filter(
      ({ state }) => state.state === 'parked' || (state.state === 'paused' && state.wasReady),
    );
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

  /** What the probe found out; it says nothing any more once the instance is not being probed. */
  markReady(instance: Instance): void {
    if (this.#has(instance) && instance.state.state === 'probing') this.#setReady(instance);
  }

  markFailed(instance: Instance, reason: string): void {
    if (!this.#has(instance) || instance.state.state !== 'probing') return;
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
    for (const instance of known) instance?.pool.destroy();
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

  #setReady(instance: Instance): void {
    instance.state = { state: 'ready' };
    this.#changed(instance);
  }

  #has(instance: Instance): boolean {
    return this.get(instance.id) === instance;
  }

  #keepOrRenew(found: DiscoveredInstance & { address: string }, began: boolean): void {
    const isPaused = found.status === 'paused';
    const known = this.#byId.get(found.id);
    if (known && !began && known.instance.address === addressOf(found))
      return isPaused ? this.#freeze(known) : this.#thaw(known);
    this.#leave(found.id);
    const instance = new Instance(found, this.#hooks);
    if (found.fromPool) instance.cameFrom = 'pool';
    if (this.#stopped.has(found.id)) instance.cameFrom = 'stopped';
    const entry: Entry = { instance, left: new AbortController(), resumedAtMs: 0 };
    this.#byId.set(found.id, entry);
    this.#byKey.set(instance.key, [...(this.#byKey.get(instance.key) ?? []), instance]);
    // One found paused at the start was ready when somebody paused it: only then does the controller.
    if (isPaused) instance.state = { state: 'paused', wasReady: true };
    else this.#hooks.probe(instance, entry.left.signal);
    this.#wakeWatchers(found.id);
  }

  #freeze({ instance, resumedAtMs }: Entry): void {
    if (instance.state.state === 'paused' || Date.now() - resumedAtMs < OLD_LIST_MS) return;
    const wasReady = instance.state.state === 'ready' || instance.state.state === 'parked';
    instance.state = { state: 'paused', wasReady };
    this.#changed(instance);
  }

  #thaw(entry: Entry): void {
    const { state } = entry.instance;
    const isForgotten = state.state === 'parked' && Date.now() - state.sinceMs > PARK_LIMIT_MS;
    if (state.state === 'paused' || isForgotten) this.#goOn(entry);
  }

  #goOn({ instance, left }: Entry): void {
    const { state } = instance;
    instance.cameFrom = 'paused';
    if (state.state === 'parked' || (state.state === 'paused' && state.wasReady)) this.#setReady(instance);
    else if (state.state === 'paused') {
      instance.state = { state: 'probing' };
      this.#changed(instance);
      this.#hooks.probe(instance, left.signal);
    }
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
