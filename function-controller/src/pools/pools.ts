import type { BuilderClient } from '@plat/platform-kit/clients/builder-client.ts';
import type { ProxyClient } from '@plat/platform-kit/clients/proxy-client.ts';
import type { PooledContainer, VersionRecord } from '@plat/platform-kit/domain.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import type { HostBudget } from '../budget/host-budget.ts';
import type { InstanceHost, InstanceSpec } from '../instance-host.ts';
import { specHash } from '../instance-spec.ts';
import { ColdStarts } from './cold-starts.ts';
import { PoolFiller, type Filling } from './pool-filler.ts';
import type { Pooled, PoolHost } from './pool-host.ts';
import { PoolRecipes, type Recipe } from './pool-recipes.ts';
import { mayUsePool, poolKey, poolSpecHash } from './pool-spec.ts';
import { WarmContainers } from './warm-containers.ts';

/** The caller waits for it; after that an instance from the image is the better way. */
const SPECIALIZE_TIMEOUT_MS = 3000;
/** How long calls may go on that a container got which is given up. */
const LAST_CALLS_MS = 1000;
/** The same of a container that is still being started. */
const FILLING_TIMEOUT_MS = 1500;

export type PoolsOptions = {
  host: Pick<InstanceHost, 'engine' | 'pool' | 'remove'>;
  builder: Pick<BuilderClient, 'genericImage' | 'injectableCode'>;
  proxy: Pick<ProxyClient, 'awaitGeneric' | 'specialize' | 'drain'>;
  logger: Logger;
  /** Most containers in all pools together; 0: no pools. */
  limit: number;
  budget: Pick<HostBudget, 'room' | 'takeSpare' | 'observePooled'>;
  /** For how long a cold start counts. */
  keepMs: number;
  /** Starts of instances are under way. */
  isBusy: () => boolean;
};

/**
 * A container of a pool that is the caller's, until `give` or `release`. `name`: as its labels name it. `give` makes it the
 * instance of that name; resolves with its id once it has its code (not once it is ready), or with undefined when an
 * instance has to be started instead; never rejects, and its wait is bounded.
 */
export type Reservation = {
  name: string;
  give: (instance: string) => Promise<string | undefined>;
  release: () => void;
};

/**
 * Containers that run without a function, ready to get one: per project, runtime and limits.
 *
 * INVARIANTS
 * 1. What there is is asked from the engine; only which of it is warm, and who has it, is remembered (WarmContainers).
 * 2. What is being given to a function either becomes its instance or is removed.
 * 3. Filling is off the path of calls (PoolFiller).
 */
export class Pools {
  readonly #options: PoolsOptions;
  readonly #recipes: PoolRecipes;
  readonly #coldStarts: ColdStarts;
  readonly #warm: WarmContainers;
  readonly #filler: PoolFiller;
  readonly #inBackground = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(options: PoolsOptions) {
    this.#options = options;
    this.#recipes = new PoolRecipes(options.builder);
    this.#coldStarts = new ColdStarts(options.keepMs);
    this.#warm = new WarmContainers(options.proxy, () => this.#filler.look());
    const own = { warm: this.#warm, coldStarts: this.#coldStarts, recipes: this.#recipes };
    this.#filler = new PoolFiller({ ...options, ...own });
  }

  start(): void {
    this.#filler.start();
  }

  /** Leaves the containers running, as instances are. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all([this.#warm.close(), this.#filler.close()]);
    await Promise.allSettled(this.#inBackground);
  }

  /** A container of the right pool for an instance of a version, warm or about to be; undefined when there is none. */
  reserve(version: VersionRecord, spec: InstanceSpec): Reservation | undefined {
    const { pool } = this.#options.host;
    const recipe = this.#mayUse(version) ? this.#recipes.of(version, spec) : undefined;
    if (!pool || !recipe) return undefined;
    const key = poolKey(recipe.pool.project, poolSpecHash(recipe.pool));
    const isFree = ({ labels }: Pooled) => !this.#filler.isPromised(labels.instance);
    const warm = this.#warm.take(key, isFree);
    if (warm)
      return {
        name: warm.labels.instance,
        give: (instance) => this.#give(pool, warm, { spec, instance, recipe }),
        release: () => this.#warm.putBack(warm),
      };
    const filling = this.#filler.promise(key);
    return (
      filling && {
        name: filling.name,
        give: async (instance) => {
          const filled = await this.#awaitFilling(filling);
          return filled && this.#give(pool, filled, { spec, instance, recipe });
        },
        release: () => this.#filler.unpromise(filling.name),
      }
    );
  }

  /** An instance of a version is being started, from a pool or not: its pool learns from it. */
  noteColdStart(version: VersionRecord, spec: InstanceSpec): void {
    if (!this.#mayUse(version)) return;
    const recipe = this.#recipes.of(version, spec);
    if (recipe) this.#filler.noteColdStart(recipe.pool);
    // The first cold start of a version finds out whether later ones can be quick.
    else if (recipe === undefined) this.#background(this.#learn(version, spec));
  }

  /** A version that may need instances later: what is to be known for that is asked ahead. */
  expect(version: VersionRecord): void {
    if (this.#mayUse({ ...version, state: 'ready' }))
      this.#background(this.#recipes.learnCode(version).then(() => undefined));
  }

  /** True for an instance that this process gave its code lately. */
  hasGiven(id: string): boolean {
    return this.#warm.isTaken(id);
  }

  /** Removes a container, whose room is wanted; false when somebody has got it by now. */
  async giveUp(id: string): Promise<boolean> {
    const { pool } = this.#options.host;
    if (!pool || !this.#warm.withdraw(id)) return false;
    await pool.remove(id);
    this.#warm.forget(id);
    return true;
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

  #mayUse(version: VersionRecord): boolean {
    const { limit, host } = this.#options;
    return limit > 0 && host.pool !== undefined && !this.#stop.signal.aborted && mayUsePool(version);
  }

  /** The container once it is warm; then nobody else gets it. One that takes too long goes to its pool. */
  async #awaitFilling({ key, name, ready }: Filling): Promise<Pooled | undefined> {
    const over = new AbortController();
    const late = pause(FILLING_TIMEOUT_MS, AbortSignal.any([over.signal, this.#stop.signal])).then(
      () => undefined,
    );
    const filled = await Promise.race([ready, late]);
    over.abort();
    const taken = filled && this.#warm.take(key, ({ id }) => id === filled.id);
    this.#filler.unpromise(name);
    return taken;
  }

  async #give(
    pool: PoolHost,
    { id, address, labels: { port } }: Pooled,
    { spec, instance, recipe }: { spec: InstanceSpec; instance: string; recipe: Recipe },
  ): Promise<string | undefined> {
    const { host, proxy, logger } = this.#options;
    const { functionId, project, function: name, version } = spec;
    const labels = { functionId, project, function: name, version, instance, engine: host.engine, spec: specHash(spec) }; // prettier-ignore
    const given = await Promise.allSettled([
      pool.assign(id, spec, instance),
      proxy.specialize(
        { host: address!, port, files: recipe.code.files, env: spec.env, instance: { id, labels } },
        { timeoutMs: SPECIALIZE_TIMEOUT_MS },
      ),
    ]);
    const failed = given.find((result) => result.status === 'rejected');
    if (!failed) return id;
    logger.warn(
      { container: id, err: failed.reason, function: spec.function, version: spec.version },
      'a container of a pool could not be used; an instance is started from its image',
    );
    // It may have got calls as soon as it had its code.
    await proxy.drain(id, { seq: 0, timeoutMs: LAST_CALLS_MS }).catch(() => undefined);
    // Before another instance gets the same name. As an instance if it is one by now, else as what it was.
    await Promise.allSettled([host.remove(id, { graceMs: 0 }), pool.remove(id)]);
    this.#warm.forget(id);
    return undefined;
  }

  async #learn(version: VersionRecord, spec: InstanceSpec): Promise<void> {
    const recipe = await this.#recipes.learn(version, spec);
    if (recipe) this.#filler.noteColdStart(recipe.pool);
  }

  #background(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => this.#options.logger.debug({ err: error }, 'a pool could not be prepared'))
      .finally(() => this.#inBackground.delete(done));
    this.#inBackground.add(done);
  }
}
