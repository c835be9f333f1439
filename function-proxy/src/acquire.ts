import type { VersionLoad } from '@plat/platform-kit/clients/proxy-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { WakeRung } from '@plat/platform-kit/execution.ts';
import type { Instance } from './instance.ts';
import type { InstanceIndex } from './instance-index.ts';
import type { VersionRoute } from './version-route.ts';
import { Pressure } from './pressure.ts';
import { ServingPace } from './serving-pace.ts';
import { WaitQueue, type Waiter } from './wait-queue.ts';
import { wakeVersion, type Wake, type WakeDeps } from './wake-version.ts';

/** The right to send one call to one instance, until `release`. */
export type Lease = { instance: Instance; version: VersionRoute; cold: boolean; rung: WakeRung };

/** Thrown to a waiter whose version is no longer what its alias names: it should be resolved anew. */
export class Rerouted extends Error {
  override name = 'Rerouted';
}

export type AcquireLimits = { queueLimit: number; coldStartTimeoutMs: number; queueTimeoutMs: number };

type Line = {
  version: VersionRoute;
  queue: WaitQueue<Instance>;
  checks: WeakMap<Waiter<Instance>, () => boolean>;
  inFlight: number;
  /** Calls that ended while others waited. */
  answered: number;
  lastRequestAtMs: number;
  waking: AbortController | undefined;
  traceparent: string | undefined;
  pace: ServingPace;
};

/**
 * Step 2 of an invocation: an instance for a call, now or after waiting for one.
 *
 * INVARIANTS
 * 1. An instance never has more leases than its version's concurrency.
 * 2. Nobody overtakes: while somebody waits for a version, who comes later waits behind them.
 * 3. At most one wake per version is under way, and only while somebody waits and no instance is ready.
 * 4. A waiter leaves the queue by exactly one of: an instance, an error, its own caller's leaving.
 * 5. Every lease is released exactly once; a release serves the queue.
 * 6. A waiter waits at most `coldStartTimeoutMs` for the first ready instance and then `queueTimeoutMs` for a slot; an
 *    instance that is lost in between starts neither period again.
 * 7. Who could not be served within `queueTimeoutMs` at the pace at which the queue moves is refused at once.
 */
export class Acquirer {
  readonly #index: InstanceIndex;
  readonly #limits: AcquireLimits;
  readonly #wake: WakeDeps;
  readonly #pressure: Pressure;
  readonly #lines = new Map<string, Line>();

  constructor(options: {
    index: InstanceIndex;
    limits: AcquireLimits;
    wake: WakeDeps;
    /** Told at once of versions for which more and more calls wait. */
    report: (loads: VersionLoad[]) => Promise<void>;
  }) {
    this.#pressure = new Pressure(options.report, (key) => {
      const line = this.#lines.get(key);
      if (!line) return undefined;
      return { load: loadOf(line), isAwake: this.#index.hasReady(key), answered: line.answered };
    });
    this.#index = options.index;
    this.#limits = options.limits;
    this.#wake = options.wake;
  }

  /** A lease when an instance has room and nobody waits, else undefined. Counts as a request either way. */
  take(version: VersionRoute): Lease | undefined {
    const line = this.#line(version);
    line.lastRequestAtMs = Date.now();
    if (line.queue.size > 0) return undefined;
    const instance = this.#index.pick(version.key, version.concurrency);
    return instance && this.#lease(line, instance, false);
  }

  /**
   * Waits in line for a lease. Errors: `unavailable` (queue full, no slot in time), `cold_start_timeout`,
   * `function_failed` (cannot start), {@link Rerouted}, the signal's reason.
   */
  async wait(
    version: VersionRoute,
    caller: { signal: AbortSignal; isStillRouted: () => boolean; traceparent?: string | undefined },
  ): Promise<Lease> {
    const line = this.#line(version);
    if (line.queue.size >= this.#limits.queueLimit) throw queueFull(version, line.queue.size);
    const cold = !this.#index.hasReady(version.key);
    const expectedMs = cold ? 0 : line.pace.expectedMs(line.queue.size + 1);
    if (expectedMs > this.#limits.queueTimeoutMs) throw queueFull(version, line.queue.size);
    // Of calls that share a wake, the first one's trace shows it.
    line.traceparent ??= caller.traceparent;
    const served = line.queue.wait(cold ? 'wake' : 'slot', caller.signal, (waiter) => {
      line.checks.set(waiter, caller.isStillRouted);
      this.#armTimer(line, waiter);
    });
    this.serve(version.key);
    if (line.queue.size > 1) this.#pressure.note(version.key);
    try {
      const instance = await served;
      return { instance, version, cold, rung: cold ? instance.cameFrom : 'hot' };
    } finally {
      this.#calmDown(line);
    }
  }

  release(lease: Lease): void {
    const line = this.#line(lease.version);
    line.inFlight--;
    line.lastRequestAtMs = Date.now();
    lease.instance.end();
    if (line.queue.size === 0) return;
    line.answered++;
    this.serve(lease.version.key);
  }

  /** Hands out what is free, in order; wakes the version when nothing is there to wait for. */
  serve(key: string): void {
    const line = this.#lines.get(key);
    if (!line) return;
    const isAwake = this.#index.hasReady(key);
    for (let waiter = line.queue.first(); waiter; waiter = line.queue.first()) {
      const instance = this.#index.pick(key, line.version.concurrency);
      if (!instance) break;
      this.#lease(line, instance, true);
      waiter.resolve(instance);
      line.pace.served(performance.now());
    }
    if (isAwake) for (const waiter of line.queue) this.#awaitSlot(line, waiter);
    if (isAwake && line.waking && !line.waking.signal.aborted) this.#pressure.woke(key);
    if (isAwake || line.queue.size === 0) line.waking?.abort();
    else this.#ensureWaking(line);
  }

  /** The function's routing changed: who waits for a version that is no longer meant is sent back to resolve anew. */
  reroute(functionId: string): void {
    this.#reroute((line) => line.version.functionId === functionId);
  }

  rerouteAll(): void {
    this.#reroute(() => true);
  }

  /** Forgets versions that are not known any more, once they have no instance and nothing is under way. */
  prune(isKnown: (version: VersionRoute) => boolean): void {
    for (const [key, line] of this.#lines) {
      const isIdle = line.inFlight === 0 && line.queue.size === 0 && !this.#index.has(key);
      if (isIdle && !isKnown(line.version)) this.#lines.delete(key);
    }
  }

  load(): VersionLoad[] {
    return [...this.#lines.values()].map(loadOf);
  }

  close(): void {
    this.#pressure.close();
    for (const line of this.#lines.values()) {
      line.queue.rejectAll(new PlatformError('unavailable', 'The proxy is shutting down; try again.'));
      line.waking?.abort();
    }
  }

  #reroute(isMeant: (line: Line) => boolean): void {
    for (const line of this.#lines.values()) {
      if (!isMeant(line)) continue;
      for (const waiter of [...line.queue]) {
        if (line.checks.get(waiter)?.() === false) waiter.reject(new Rerouted());
      }
      this.#calmDown(line);
    }
  }

  #line(version: VersionRoute): Line {
    let line = this.#lines.get(version.key);
    if (!line) {
      const checks: Line['checks'] = new WeakMap();
      line = {
        version,
        queue: new WaitQueue(),
        checks,
        inFlight: 0,
        answered: 0,
        lastRequestAtMs: 0,
        waking: undefined,
        traceparent: undefined,
        pace: new ServingPace(),
      };
      this.#lines.set(version.key, line);
    }
    return line;
  }

  #lease(line: Line, instance: Instance, cold: boolean): Lease {
    line.inFlight++;
    instance.begin();
    return { instance, version: line.version, cold, rung: 'hot' };
  }

  #ensureWaking(line: Line): void {
    if (line.waking) return;
    const waking = new AbortController();
    line.waking = waking;
    wakeVersion(line.version, this.#wakeOf(line), this.#wake, waking.signal)
      .catch((error: Error) => line.queue.rejectAll(error))
      .finally(() => {
        line.waking = undefined;
        this.serve(line.version.key);
      });
  }

  #wakeOf(line: Line): Wake {
    const { version, queue } = line;
    return {
      traceparent: () => line.traceparent,
      waiting: () => queue.size,
      paused: () => {
        const wanted = Math.ceil(queue.size / version.concurrency);
        return this.#index.resting(version.key).slice(0, wanted).map(({ id }) => id); // prettier-ignore
      },
      onResumed: (ids) => ids.forEach((id) => this.#index.resumed(id)),
    };
  }

  #calmDown(line: Line): void {
    if (line.queue.size > 0) return;
    line.waking?.abort();
    line.traceparent = undefined;
    line.pace.reset();
  }

  #awaitSlot(line: Line, waiter: Waiter<Instance>): void {
    if (waiter.phase === 'slot') return;
    waiter.phase = 'slot';
    this.#armTimer(line, waiter);
  }

  #armTimer(line: Line, waiter: Waiter<Instance>): void {
    const { coldStartTimeoutMs, queueTimeoutMs } = this.#limits;
    clearTimeout(waiter.timer);
    const ms = waiter.phase === 'wake' ? coldStartTimeoutMs : queueTimeoutMs;
    waiter.timer = setTimeout(() => {
      const isAwake = this.#index.hasReady(line.version.key);
      waiter.reject(isAwake ? noSlot(line.version, ms) : tooCold(line.version, ms));
    }, ms);
  }
}

function loadOf({ version, inFlight, queue, lastRequestAtMs }: Line): VersionLoad {
  return {
    functionId: version.functionId,
    version: version.number,
    inFlight,
    waiting: queue.size,
    lastRequestAt: new Date(lastRequestAtMs).toISOString(),
  };
}

function queueFull(version: VersionRoute, waiting: number): PlatformError {
  return new PlatformError(
    'unavailable',
    `${waiting} requests already wait for the function "${version.function}"; try again in a moment.`,
    { details: { reason: 'queue_full', retryAfterSeconds: 1 } },
  );
}

function noSlot(version: VersionRoute, ms: number): PlatformError {
  return new PlatformError(
    'unavailable',
    `All instances of the function "${version.function}" were busy for ${ms / 1000} seconds. Raise its concurrency or number of instances, or try again later.`,
    { details: { reason: 'no_free_slot', retryAfterSeconds: 1 } },
  );
}

function tooCold(version: VersionRoute, ms: number): PlatformError {
  return new PlatformError(
    'cold_start_timeout',
    `No instance of version ${version.number} of the function "${version.function}" became ready within ${ms / 1000} seconds.`,
    { details: { retryAfterSeconds: 5 } },
  );
}
