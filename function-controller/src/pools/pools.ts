import { NOTHING, type Claim } from '@plat/platform-kit/claim.ts';
import type { BuilderClient } from '@plat/platform-kit/clients/builder-client.ts';
import type { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import type { PooledContainer, VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { Code } from '@plat/platform-kit/pool-code.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import { IMAGE_MISSING, type InstanceHost, type InstanceSpec } from '../instance-host.ts';
import { CodeCache } from './code-cache.ts';
import { ColdStarts } from './cold-starts.ts';
import { planPools } from './plan-pools.ts';
import type { Pooled, PoolHost, PoolSpec } from './pool-host.ts';
import { mayUsePool, poolKey, poolSpec, poolSpecHash } from './pool-spec.ts';
import { WarmContainers, keyOf } from './warm-containers.ts';

/** How often pools are compared with the engine when nothing happens. */
const LOOK_MS = 10_000;
/** A burst of cold starts is over before its pool is filled again: both want the CPU. */
const SETTLE_MS = 300;
/** The caller waits for it; after that an instance from the image is the better way. */
const SPECIALIZE_TIMEOUT_MS = 3000;
/** An instance that was given its code so long ago and is not ready hangs, as any other would. */
const GIVEN_MS = 120_000;

export type PoolsOptions = {
  host: Pick<InstanceHost, 'pool' | 'remove'>;
  builder: Pick<BuilderClient, 'genericImage' | 'injectableCode'>;
  proxy: Pick<ProxyClient, 'awaitGeneric' | 'specialize'>;
  logger: Logger;
  /** Most containers in all pools together; 0: no pools. */
  limit: number;
  /** What instances leave of the host. Rejects while it cannot be known. */
  room: () => Promise<Claim>;
  /** For how long a cold start counts. */
  keepMs: number;
};

/**
 * Containers that run without a function, ready to get one: per project, runtime and limits.
 *
 * INVARIANTS
 * 1. What there is is asked from the engine; only which of it is warm is remembered (WarmContainers).
 * 2. What is being given to a function is no round's business; unless it becomes an instance it is removed.
 * 3. `take` never rejects, and its wait is bounded: whatever goes wrong, the caller starts an instance from its image.
 * 4. Filling is off the path of calls, one container and one round at a time.
 */
export class Pools {
  readonly #options: PoolsOptions;
  readonly #codes: CodeCache;
  readonly #coldStarts: ColdStarts;
  /** By runtime; null: its containers start with their code. */
  readonly #images = new Map<string, string | null>();
  readonly #specs = new Map<string, PoolSpec>();
  readonly #warm: WarmContainers;
  /** Given to a function by this process, or about to be, and when. */
  readonly #given = new Map<string, number>();
  readonly #inBackground = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #wake = new AbortController();
  #loop: Promise<void> | undefined;
  #hasLooked = false;

  constructor(options: PoolsOptions) {
    this.#options = options;
    this.#codes = new CodeCache(options.builder);
    this.#coldStarts = new ColdStarts(options.keepMs);
    this.#warm = new WarmContainers(options.proxy, () => this.#wake.abort());
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Leaves the containers running, as instances are. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#warm.close();
    await this.#loop;
    await Promise.allSettled(this.#inBackground);
  }

  /**
   * Makes a container of the right pool an instance named `instance`; resolves with its id once it has its code (not once
   * it is ready), or with undefined when there is none to be had. A cold start either way: the pool learns from it.
   */
  async take(version: VersionRecord, spec: InstanceSpec, instance: string): Promise<string | undefined> {
    const pool = this.#options.limit > 0 ? this.#options.host.pool : undefined;
    if (!pool || this.#stop.signal.aborted || !mayUsePool(version)) return undefined;
    const code = this.#codes.get(version);
    const imageId = this.#images.get(version.config.runtime);
    if (code === null || imageId === null) return undefined;
    if (code === undefined || imageId === undefined) {
      this.#background(this.#learn(version, spec));
      return undefined;
    }
    const taken = this.#warm.take(this.#noteColdStart(poolSpec(version.config.runtime, imageId, spec)));
    return taken && this.#give(pool, taken, { spec, instance, code });
  }

  /** A version that may need instances later: what is to be known for that is asked ahead. */
  expect(version: VersionRecord): void {
    if (this.#options.limit > 0 && this.#options.host.pool && mayUsePool({ ...version, state: 'ready' }))
      this.#background(this.#codes.learn(version).then(() => undefined));
  }

  /** True for an instance that this process gave its code lately. */
  hasGiven(id: string): boolean {
    return this.#given.has(id);
  }

  /** Those that nobody has, for people. */
  async list(): Promise<PooledContainer[]> {
    const pooled = (await this.#options.host.pool?.list()) ?? [];
    return pooled.map(({ id, name, status, createdAtMs, labels: { project, runtime, claim } }) => {
      const createdAt = new Date(createdAtMs).toISOString();
      return {
        id,
        name,
        project,
        runtime,
        memoryMb: claim.memoryMb,
        state: this.#warm.stateOf({ id, status }),
        createdAt,
      };
    });
  }

  /** Removes the pools of a project that has no functions any more. */
  async forgetProject(project: string): Promise<void> {
    const { pool } = this.#options.host;
    if (!pool) return;
    this.#coldStarts.forget((key) => key.startsWith(poolKey(project, '')));
    for (const { id, labels } of await pool.list())
      if (labels.project === project) {
        this.#warm.forget(id);
        await pool.remove(id);
      }
  }

  #noteColdStart(spec: PoolSpec): string {
    const key = poolKey(spec.project, poolSpecHash(spec));
    this.#specs.set(key, spec);
    this.#coldStarts.note(key, Date.now());
    this.#wake.abort();
    return key;
  }

  async #give(
    pool: PoolHost,
    { id, address, labels: { port } }: Pooled,
    { spec, instance, code }: { spec: InstanceSpec; instance: string; code: Code },
  ): Promise<string | undefined> {
    const { host, proxy, logger } = this.#options;
    this.#given.set(id, Date.now());
    const given = await Promise.allSettled([
      pool.assign(id, spec, instance),
      proxy.specialize(
        { host: address!, port, files: code.files, env: spec.env },
        { timeoutMs: SPECIALIZE_TIMEOUT_MS },
      ),
    ]);
    const failed = given.find((result) => result.status === 'rejected');
    if (!failed) return id;
    logger.warn(
      { container: id, err: failed.reason, function: spec.function, version: spec.version },
      'a container of a pool could not be used; an instance is started from its image',
    );
    // Before another instance gets the same name. As an instance if it is one by now, else as what it was.
    await Promise.allSettled([host.remove(id, { graceMs: 0 }), pool.remove(id)]);
    this.#given.delete(id);
    return undefined;
  }

  /** The first cold start of a version finds out whether later ones can be quick. */
  async #learn(version: VersionRecord, spec: InstanceSpec): Promise<void> {
    const { runtime } = version.config;
    if ((await this.#codes.learn(version)) === null) return;
    const imageId = await this.#learnImage(runtime);
    if (imageId !== null) this.#noteColdStart(poolSpec(runtime, imageId, spec));
  }

  async #learnImage(runtime: string): Promise<string | null> {
    const known = this.#images.get(runtime);
    if (known !== undefined) return known;
    const imageId = await this.#options.builder.genericImage(runtime).then(
      (answer) => answer.imageId,
      (error: unknown) => {
        if (error instanceof PlatformError && error.code === 'conflict') return null;
        throw error;
      },
    );
    this.#images.set(runtime, imageId);
    return imageId;
  }

  #background(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => this.#options.logger.debug({ err: error }, 'a pool could not be prepared'))
      .finally(() => this.#inBackground.delete(done));
    this.#inBackground.add(done);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      await this.#round().catch((error: unknown) =>
        this.#options.logger.debug({ err: error }, 'pools could not be looked after'),
      );
      await pause(LOOK_MS, AbortSignal.any([signal, this.#wake.signal]));
      if (!signal.aborted) await pause(SETTLE_MS, signal);
    }
  }

  async #round(): Promise<void> {
    const { host, limit, logger } = this.#options;
    const { pool } = host;
    const { signal } = this.#stop;
    if (!pool) return;
    const pooled = (await pool.list(signal)).filter(({ id }) => !this.#given.has(id));
    const nowMs = Date.now();
    this.#forgetOld(pooled, nowMs);
    for (const one of pooled) void this.#warm.ask(one);
    const demands = this.#coldStarts.demands(nowMs);
    const claims = new Map(pooled.map((one) => [keyOf(one), one.labels.claim]));
    const plan = planPools({
      demands,
      claimOf: (key) => claims.get(key) ?? this.#specs.get(key),
      room: demands.length > 0 ? await this.#options.room() : NOTHING,
      containers: pooled.map((one) => ({ ...one, key: keyOf(one), state: this.#warm.stateOf(one) })),
      limit,
    });
    for (const id of plan.remove) {
      if (signal.aborted) return;
      this.#warm.forget(id);
      await pool.remove(id);
      logger.debug({ container: id }, 'container of a pool removed');
    }
    for (const key of plan.start) {
      const spec = this.#specs.get(key);
      if (spec) await this.#fill(pool, spec);
      // What is wanted has changed: on to the next round.
      if (signal.aborted || this.#wake.signal.aborted) return;
    }
  }

  /** Starts one and waits until it is warm: the next one would only take the CPU from it. */
  async #fill(pool: PoolHost, spec: PoolSpec): Promise<void> {
    const { signal } = this.#stop;
    try {
      const id = await pool.start(spec, signal);
      const { project, runtime } = spec;
      this.#options.logger.debug({ container: id, project, runtime }, 'container of a pool started');
      const started = (await pool.list(signal)).find((one) => one.id === id);
      if (started) await this.#warm.ask(started);
    } catch (error) {
      if (error instanceof PlatformError && error.details?.['reason'] === IMAGE_MISSING) {
        this.#images.delete(spec.runtime);
        await this.#learnImage(spec.runtime);
      }
      throw error;
    }
  }

  #forgetOld(pooled: readonly Pooled[], nowMs: number): void {
    this.#warm.keepOnly(pooled);
    // Found by a process that does not know why they are there: they may stay as if they had been of use just now.
    if (!this.#hasLooked)
      for (const one of pooled) {
        this.#coldStarts.note(keyOf(one), nowMs);
        this.#background(this.#learnImage(one.labels.runtime).then(() => undefined));
      }
    this.#hasLooked = true;
    for (const key of this.#specs.keys()) if (!this.#coldStarts.has(key)) this.#specs.delete(key);
    for (const [id, atMs] of this.#given) if (nowMs - atMs > GIVEN_MS) this.#given.delete(id);
  }
}
