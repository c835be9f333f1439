import { NOTHING, type Claim } from '@plat/platform-kit/claim.ts';
import type { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { newId } from '@plat/platform-kit/ids.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { allDone, pause } from '@plat/platform-kit/waiting.ts';
import type { HostBudget } from '../budget/host-budget.ts';
import { IMAGE_MISSING, type InstanceHost } from '../instance-host.ts';
import { claimOf } from '../instance-spec.ts';
import type { ColdStarts } from './cold-starts.ts';
import { planPools } from './plan-pools.ts';
import type { Pooled, PoolHost, PoolSpec } from './pool-host.ts';
import type { PoolRecipes } from './pool-recipes.ts';
import { poolKey, poolSpecHash } from './pool-spec.ts';
import { keyOf, type WarmContainers } from './warm-containers.ts';

/** How often pools are compared with the engine when nothing happens. */
const LOOK_MS = 10_000;
/** The same while there is less room than is wanted, or something failed. */
const RETRY_MS = 2000;
/** A burst of cold starts is over before its pool is filled again: both want the CPU. */
const SETTLE_MS = 300;
/** But cold starts that never end do not keep pools empty. */
const SETTLE_LIMIT_MS = 3000;
/** Much of a start is waiting; more than this only share the CPU, and a wake that comes meanwhile waits for it. */
const FILLS_AT_ONCE = 3;

/** How long calls may go on of one that is of no use. */
const LAST_CALLS_MS = 5000;

/** A container that is being started. `ready`: once it is warm, or undefined when it does not get there. */
export type Filling = { key: string; name: string; ready: Promise<Pooled | undefined> };

export type PoolFillerOptions = {
  host: Pick<InstanceHost, 'pool'>;
  proxy: Pick<ProxyClient, 'drain'>;
  budget: Pick<HostBudget, 'room' | 'takeSpare' | 'observePooled'>;
  warm: WarmContainers;
  coldStarts: ColdStarts;
  recipes: PoolRecipes;
  /** Most containers in all pools together. */
  limit: number;
  /** Starts of instances are under way. */
  isBusy: () => boolean;
  logger: Logger;
};

/**
 * Keeps pools as large as recent cold starts want them and the host's budget lets them be.
 *
 * INVARIANTS
 * 1. What there is is asked from the engine, every round.
 * 2. One round at a time, off the path of calls: none begins during a burst of cold starts, and one that is under way starts
 *    nothing more once there is another.
 * 3. A container starts in room that is free, and is promised to one start at most before it is warm.
 */
export class PoolFiller {
  readonly #options: PoolFillerOptions;
  readonly #specs = new Map<string, PoolSpec>();
  readonly #fillings = new Set<Filling>();
  readonly #promised = new Set<string>();
  readonly #stop = new AbortController();
  #wake = new AbortController();
  #loop: Promise<void> | undefined;
  #hasLooked = false;
  #lastColdStartMs = 0;

  constructor(options: PoolFillerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#loop;
  }

  /** Something has changed: what is wanted, or what there is. */
  look(): void {
    this.#wake.abort();
  }

  noteColdStart(spec: PoolSpec): void {
    const key = poolKey(spec.project, poolSpecHash(spec));
    this.#lastColdStartMs = Date.now();
    this.#specs.set(key, spec);
    this.#options.coldStarts.note(key, this.#lastColdStartMs);
    this.look();
  }

  /** One that is being started for this pool, and is the caller's once it is warm, until `unpromise`; the earliest first. */
  promise(key: string): Filling | undefined {
    const filling = [...this.#fillings].find((one) => one.key === key && !this.#promised.has(one.name));
    if (filling) this.#promised.add(filling.name);
    return filling;
  }

  unpromise(name: string): void {
    this.#promised.delete(name);
  }

  /** Whether the container of this name is somebody's already. */
  isPromised(name: string): boolean {
    return this.#promised.has(name);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      const isDone = await this.#round().catch((error: unknown) => {
        this.#options.logger.debug({ err: error }, 'pools could not be looked after');
        return false;
      });
      await pause(isDone ? LOOK_MS : RETRY_MS, AbortSignal.any([signal, this.#wake.signal]));
      await this.#untilQuiet();
    }
  }

  async #untilQuiet(): Promise<void> {
    const { signal } = this.#stop;
    const endMs = Date.now() + SETTLE_LIMIT_MS;
    while (!signal.aborted && Date.now() < endMs) {
      const sinceMs = Date.now() - this.#lastColdStartMs;
      if (sinceMs >= SETTLE_MS && !this.#options.isBusy()) return;
      await pause(Math.max(50, SETTLE_MS - sinceMs), signal);
    }
  }

  /** False when there is less than is wanted. */
  async #round(): Promise<boolean> {
    const { host, limit, warm, coldStarts, budget } = this.#options;
    const { pool } = host;
    const { signal } = this.#stop;
    if (!pool) return true;
    const nowMs = Date.now();
    const listed = await pool.list(signal);
    budget.observePooled(listed, { beganAtMs: nowMs });
    const pooled = listed.filter(({ id }) => !warm.isTaken(id));
    this.#forgetOld(pooled, nowMs);
    for (const one of pooled) void warm.ask(one);
    const demands = coldStarts.demands(nowMs);
    const claims = new Map<string, Claim>(pooled.map((one) => [keyOf(one), one.labels.claim]));
    const plan = planPools({
      demands,
      claimOf: (key) => claims.get(key) ?? this.#claimOf(key),
      room: demands.length > 0 ? await budget.room() : NOTHING,
      containers: pooled.map((one) => ({ ...one, key: keyOf(one), state: warm.stateOf(one) })),
      limit,
    });
    // Together: while the proxy hangs, each of them waits for it.
    await allDone(plan.remove.map((id) => this.#remove(pool, id)));
    const wanted = [...plan.start];
    await allDone(Array.from({ length: FILLS_AT_ONCE }, () => this.#fillAll(pool, wanted)));
    return !plan.isShort && wanted.length === 0;
  }

  async #remove(pool: PoolHost, id: string): Promise<void> {
    const { proxy, warm, logger } = this.#options;
    if (this.#stop.signal.aborted || !warm.withdraw(id)) return;
    // It has calls if its controller died before it had a name.
    await proxy.drain(id, { seq: 0, timeoutMs: LAST_CALLS_MS }).catch(() => undefined);
    await pool.remove(id);
    warm.forget(id);
    logger.debug({ container: id }, 'container of a pool removed');
  }

  async #fillAll(pool: PoolHost, wanted: string[]): Promise<void> {
    // What is wanted has changed: on to the next round.
    while (!this.#stop.signal.aborted && !this.#wake.signal.aborted) {
      const key = wanted.shift();
      if (key === undefined) return;
      const spec = this.#specs.get(key);
      if (spec && !(await this.#fill(pool, key, spec))) return void wanted.push(key);
    }
  }

  /** Starts one and waits until it is warm; false when there is no room for it. */
  async #fill(pool: PoolHost, key: string, spec: PoolSpec): Promise<boolean> {
    const name = newId();
    const room = this.#options.budget.takeSpare({ project: spec.project, instance: name, claim: claimOf(spec) }); // prettier-ignore
    if (!room) return false;
    const started = this.#startOne(pool, spec, name);
    const ready = started.catch(() => undefined);
    const filling: Filling = { key, name, ready };
    this.#fillings.add(filling);
    try {
      await started;
      room.done();
      return true;
    } catch (error) {
      room.failed();
      if (error instanceof PlatformError && error.details?.['reason'] === IMAGE_MISSING)
        await this.#options.recipes.relearnImage(spec.runtime);
      throw error;
    } finally {
      this.#fillings.delete(filling);
    }
  }

  async #startOne(pool: PoolHost, spec: PoolSpec, name: string): Promise<Pooled | undefined> {
    const { warm, logger } = this.#options;
    const { signal } = this.#stop;
    const id = await pool.start(spec, name, signal);
    const { project, runtime } = spec;
    logger.debug({ container: id, project, runtime }, 'container of a pool started');
    const started = (await pool.list(signal)).find((one) => one.id === id);
    if (!started) return undefined;
    await warm.ask(started);
    return warm.stateOf(started) === 'warm' ? started : undefined;
  }

  #claimOf(key: string): Claim | undefined {
    const spec = this.#specs.get(key);
    return spec && claimOf(spec);
  }

  #forgetOld(pooled: readonly Pooled[], nowMs: number): void {
    const { warm, coldStarts, recipes, logger } = this.#options;
    warm.keepOnly(pooled, nowMs);
    // Found by a process that does not know why they are there: they may stay as if they had been of use just now.
    if (!this.#hasLooked)
      for (const one of pooled) {
        coldStarts.note(keyOf(one), nowMs);
        recipes
          .learnImage(one.labels.runtime)
          .catch((error: unknown) => logger.debug({ err: error }, 'a pool could not be prepared'));
      }
    this.#hasLooked = true;
    for (const key of this.#specs.keys()) if (!coldStarts.has(key)) this.#specs.delete(key);
  }
}
