import type { BuilderClient } from '@plat/platform-kit/clients/builder-client.ts';
import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import type { ProxyClient, VersionLoad } from '@plat/platform-kit/clients/proxy-client.ts';
import type { Budget } from '@plat/platform-kit/api/metrics-api.ts';
import type { WakeOutcome, WakeRequest } from '@plat/platform-kit/clients/controller-client.ts';
import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { KeyedQueue } from '@plat/platform-kit/keyed-queue.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import { pause } from '@plat/platform-kit/waiting.ts';
import { Activity } from './activity.ts';
import type { HostBudget } from './budget/host-budget.ts';
import { openBudget, type BudgetSettings } from './budget/open-budget.ts';
import { Usefulness } from './budget/usefulness.ts';
import { CalledVersions, isKept } from './called-versions.ts';
import { InstanceLocks } from './instance-locks.ts';
import { LoadHistory } from './load-history.ts';
import { LoadReader } from './load-reader.ts';
import type { EdgeSettings } from './edge-labels.ts';
import { EdgeNetworks, directProjects, isEverDirect, type EdgeRouter } from './edge-networks.ts';
import { EmptyFunctions } from './empty-functions.ts';
import { forgetEmptyProjects, forgetFunction, type ForgetDeps } from './forget-functions.ts';
import type { InstanceHost } from './instance-host.ts';
import { InstanceHistory } from './instance-history.ts';
import { KnownFunctions } from './known-functions.ts';
import type { InstanceLimits } from './instance-spec.ts';
import type { KeptLogs } from './kept-logs.ts';
import { Pools } from './pools/pools.ts';
import { ReadinessWatch } from './readiness-watch.ts';
import { Resync } from './resync.ts';
import { resumePaused } from './resume-paused.ts';
import { reconcileFunction, type ReconcileDeps } from './reconcile-function.ts';
import { Retirements } from './retirements.ts';
import type { Snapshot } from './snapshot.ts';
import { Settling } from './settling.ts';
import { StartBackoff } from './start-backoff.ts';
import { Starts } from './starts.ts';
import type { Named } from './unclaimed-functions.ts';
import { versionKey } from './version-key.ts';
import { watchEngine } from './watch-engine.ts';
import { WakeBook } from './wake-book.ts';

const LOAD_INTERVAL_MS = 1000;
/** More at the same time only share the CPU, and each takes longer. */
const STARTS_AT_ONCE = 8;
const LOOK_AGAIN_MS = 150;
/** What follows a start that is over is off the path of the calls that waited for it: they are let go first. */
const AFTER_START_MS = 50;

export type ControllerOptions = {
  host: InstanceHost;
  metadata: MetadataClient;
  builder: Pick<BuilderClient, 'rebuild' | 'genericImage' | 'injectableCode'>;
  proxy: ProxyClient;
  logger: Logger;
  snapshot: Snapshot;
  keptLogs: KeptLogs;
  limits: InstanceLimits;
  budget: BudgetSettings;
  edge: EdgeSettings;
  /** None when no edge router is to be put on functions' networks. */
  edgeRouter?: EdgeRouter | undefined;
  readyTimeoutMs: number;
  drainTimeoutMs: number;
  drainLimitMs: number;
  stopGraceMs: number;
  resyncMs: number;
  /** A run over one function has begun. */
  onRun?: (run: Promise<unknown>) => void;
  pools: { limit: number; keepMs: number };
};

/**
 * Keeps instances as the record wants them.
 *
 * INVARIANTS
 * 1. What runs is asked from the engine every time; nothing here remembers it.
 * 2. One function is reconciled by one run at a time (KeyedQueue); an event is only a reason to look.
 * 3. Instances of functions and versions the record does not know are removed only once the change feed was read whole
 *    by this process: never because of an old snapshot or a metadata service that is away.
 *    Those of functions that nobody deleted, but that a new or older record does not know, are left alone.
 * 4. An instance goes to sleep only after the proxy was asked anew whether it is in use.
 * 5. `close` leaves instances running.
 */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #functions: KnownFunctions;
  readonly #queue: KeyedQueue;
  readonly #deps: ReconcileDeps;
  readonly #forgetting: ForgetDeps;
  readonly #retirements: Retirements;
  readonly #budget: HostBudget;
  readonly #loads: LoadReader;
  readonly #readiness: ReadinessWatch;
  readonly #starts: Starts;
  readonly pools: Pools;
  readonly #edgeNetworks: EdgeNetworks;
  readonly #resync: Resync;
  readonly #called: CalledVersions;
  readonly #settling = new Settling();
  readonly #empty = new EmptyFunctions();
  readonly #stop = new AbortController();
  readonly #loops: Promise<void>[] = [];
  #closing: Promise<void> | undefined;

  constructor(options: ControllerOptions) {
    this.#options = options;
    const { host, metadata, proxy, logger } = options;
    this.#called = new CalledVersions(metadata);
    this.#functions = new KnownFunctions({
      ...options,
      onRead: () => this.#resync.inBackground(),
      onChange: (functionId) => this.#queue.add(functionId),
    });
    this.#queue = new KeyedQueue({
      concurrency: 8,
      retry: { baseMs: 200, maxMs: 2000 },
      run: (functionId, signal) => {
        const run = this.#reconcile(functionId, signal);
        options.onRun?.(run);
        return run;
      },
      onError: (functionId, error, retryInMs) =>
        logger.warn({ functionId, err: error, retryInMs: Math.round(retryInMs) }, 'reconcile failed'),
    });
    const again = (functionId: string) => this.#queue.add(functionId);
    const againSoon = (functionId: string) => this.#queue.addAfter(functionId, AFTER_START_MS);
    this.#retirements = new Retirements({
      ...options,
      feedSeq: () => this.#functions.seq,
      onDone: (functionId) => {
        again(functionId);
        this.#budget.poke();
      },
    });
    const books = {
      activity: new Activity(),
      load: new LoadHistory(),
      wakes: new WakeBook(),
      locks: new InstanceLocks(),
      usefulness: new Usefulness(),
    };
    this.#loads = new LoadReader({ proxy, ...books });
    this.#budget = openBudget({
      ...options,
      ...books,
      settings: options.budget,
      retirements: this.#retirements,
      instancePids: options.limits.pids,
      versionOf: (functionId, version) => this.#versionOf(functionId, version),
      mayEvict: () => this.#functions.isCurrent && this.#loads.isKnown,
      giveUp: (id) => this.pools.giveUp(id),
      onRoom: again,
    });
    this.#edgeNetworks = new EdgeNetworks({
      router: options.edgeRouter,
      projects: () => directProjects(this.#functions.all.values()),
      logger,
    });
    this.#starts = new Starts({
      concurrency: STARTS_AT_ONCE,
      onBegin: (functionId) => this.#empty.changed(functionId),
      onDone: (functionId) => {
        this.#empty.changed(functionId);
        againSoon(functionId);
      },
    });
    this.pools = new Pools({
      ...options,
      ...options.pools,
      budget: this.#budget,
      isBusy: () => this.#starts.isBusy,
    });
    this.#readiness = new ReadinessWatch(proxy, againSoon);
    this.#deps = {
      host,
      metadata,
      builder: options.builder,
      proxy,
      logger,
      limits: options.limits,
      edge: options.edge,
      readyTimeoutMs: options.readyTimeoutMs,
      ...books,
      budget: this.#budget,
      backoff: new StartBackoff(),
      retirements: this.#retirements,
      readiness: this.#readiness,
      history: new InstanceHistory(),
      empty: this.#empty,
      starts: this.#starts,
      pools: this.pools,
      stopGraceMs: options.stopGraceMs,
      startingSince: new Map(),
      refreshActivity: () => this.#loads.read(),
      calledVersions: (functionId) => this.#called.of(functionId),
      refreshCalled: (functionId, version) => this.refreshCalled(functionId, version),
    };
    this.#forgetting = {
      ...this.#deps,
      keptLogs: options.keptLogs,
      called: this.#called,
      edgeNetworks: this.#edgeNetworks,
      pools: this.pools,
      functions: this.#functions,
    };
    this.#resync = new Resync({
      ...options,
      ...books,
      functions: this.#functions,
      empty: this.#empty,
      budget: this.#budget,
      look: again,
      onListed: () => forgetEmptyProjects(this.#forgetting),
    });
  }

  async start(): Promise<void> {
    await this.#functions.start();
    const { host, logger } = this.#options;
    const engine = watchEngine({
      host,
      logger,
      onOpen: () => {
        this.#empty.followed();
        this.#resync.inBackground();
      },
      onLost: () => this.#empty.lost(),
      onEvent: (functionId, action) => {
        this.#empty.changed(functionId);
        // A start of ours gives a container of a pool its name, and looks once it is over.
        if (action === 'rename' && this.#starts.of(functionId).length > 0) return;
        this.#settling.begin(functionId);
        this.#queue.add(functionId);
        this.#budget.poke();
      },
      signal: this.#stop.signal,
    });
    this.pools.start();
    this.#loops.push(engine, this.#resync.loop(this.#stop.signal), this.#loadLoop());
  }

  /** Answers those who wait for a wake, then stops everything that is under way. Idempotent. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    this.#stop.abort();
    await this.#functions.close();
    await this.#queue.close();
    await this.#budget.close();
    await this.#starts.close();
    await this.pools.close();
    await this.#readiness.close();
    await Promise.allSettled(this.#loops);
    await this.#retirements.close();
  }

  /** See ControllerClient.wake; `unavailable` while this process starts or ends. */
  async wake(
    functionId: string,
    version: number,
    { timeoutMs, waiting = 1, paused = [] }: WakeRequest,
    signal: AbortSignal,
  ): Promise<WakeOutcome> {
    const record = this.#functions.all.get(functionId);
    if (!record) {
      if (!this.#functions.isCurrent) throw notNow('The record of functions was not read yet; try again.');
      throw new PlatformError('not_found', 'There is no such function.');
    }
    if (record.state === 'stopped') {
      throw new PlatformError('conflict', `The function ${record.project}/${record.name} is stopped.`);
    }
    if (!isKept(record, version)) await this.#called.remember(record, version);
    const nowMs = Date.now();
    this.#deps.activity.touch(functionId, version, nowMs);
    this.#deps.usefulness.used(versionKey(functionId, version), nowMs);
    const load = { functionId, version, inFlight: 0, waiting, lastRequestAt: null };
    this.#deps.load.report([load], nowMs, { whole: false });
    if (paused.length > 0) {
      const resumed = await resumePaused(this.#deps, record, { version, ids: paused });
      this.#queue.add(functionId);
      if (resumed.length > 0) return { outcome: 'ready', resumed };
    }
    const crowding = this.#budget.crowding(versionKey(functionId, version));
    if (crowding?.isFirst) {
      this.#queue.add(functionId);
      return { outcome: 'no_room', reason: crowding.reason };
    }
    const outcome = this.#deps.wakes.wait(
      versionKey(functionId, version),
      timeoutMs,
      AbortSignal.any([signal, this.#stop.signal]),
    );
    this.#queue.add(functionId);
    const answer = await outcome;
    if (answer.outcome === 'timeout' && this.#stop.signal.aborted)
      throw notNow('The function-controller is stopping; try again.');
    return answer;
  }

  /** See ControllerClient.reportLoad. */
  reportLoad(loads: readonly VersionLoad[]): void {
    this.#deps.load.report(loads, Date.now(), { whole: false });
    this.#rescale();
  }

  /** See ControllerClient.replaceInstance. */
  async replaceInstance(instanceId: string, reason: string): Promise<void> {
    const instance = (await this.#options.host.list()).find((candidate) => candidate.id === instanceId);
    if (!instance || this.#retirements.has(instanceId)) return;
    this.#options.logger.warn({ instance: instanceId, reason }, 'instance is replaced');
    this.#deps.history.condemn(instance.labels.functionId, instanceId, reason);
    this.#queue.add(instance.labels.functionId);
  }

  /** The record as this process follows it; undefined until it was read whole. */
  get record(): ReadonlyMap<string, FunctionRecord> | undefined {
    return this.#functions.isCurrent ? this.#functions.all : undefined;
  }

  /** Functions that ran and that the record does not know, although nobody deleted them; by id. */
  get unclaimed(): ReadonlyMap<string, Named> {
    return this.#functions.unclaimed;
  }

  /** Asks the record anew for a version that somebody called by number: it may have another image by now. */
  async refreshCalled(functionId: string, number: number): Promise<void> {
    const record = this.#functions.all.get(functionId);
    if (record && (await this.#called.refresh(record, number))) this.#queue.add(functionId);
  }

  /** See HostBudget.state. */
  budget(): Promise<Budget> {
    return this.#budget.state();
  }

  get evictions(): HostBudget['evictions'] {
    return this.#budget.evictions;
  }

  /** Compares everything with the engine now, and not only at the next turn. */
  lookAgain(): Promise<void> {
    return this.#resync.run();
  }

  async #reconcile(functionId: string, signal: AbortSignal): Promise<number | void> {
    const record = this.#functions.all.get(functionId);
    const known = { record, recordIsCurrent: this.#functions.isCurrent };
    if (!record && (!known.recordIsCurrent || this.#functions.unclaimed.has(functionId))) return undefined;
    const next = await reconcileFunction(this.#deps, functionId, known, signal);
    if (!record) await forgetFunction(this.#forgetting, functionId, signal);
    // A start may have made the network. Nothing is left because of a snapshot that may be old.
    else if (this.#functions.isCurrent && isEverDirect(record)) await this.#edgeNetworks.sync();
    return this.#settling.has(functionId) ? Math.min(next ?? Infinity, LOOK_AGAIN_MS) : next;
  }

  async #loadLoop(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await pause(LOAD_INTERVAL_MS, signal);
      if (signal.aborted) return;
      if (await this.#loads.read()) this.#rescale();
    }
  }

  #rescale(): void {
    for (const functionId of this.#deps.load.outdated(Date.now())) this.#queue.add(functionId);
  }

  #versionOf(functionId: string, version: number): VersionRecord | undefined {
    const known = [...(this.#functions.all.get(functionId)?.versions ?? []), ...this.#called.of(functionId)];
    return known.find(({ number }) => number === version);
  }
}

const notNow = (message: string) =>
  new PlatformError('unavailable', message, { details: { retryAfterSeconds: 1 } });
