import type { Budget } from '@plat/platform-kit/api/metrics-api.ts';
import {
  NOTHING,
  addClaims,
  shortOf,
  subtractClaims,
  type Claim,
  type Resource,
} from '@plat/platform-kit/claim.ts';
import type { Logger } from '@plat/platform-kit/logging.ts';
import type { HostInstance, InstanceHost } from '../instance-host.ts';
import { versionKey } from '../version-key.ts';
import type { Pooled } from '../pools/pool-host.ts';
import { CrowdedVersions, type Crowding } from './crowded-versions.ts';
import { Evictions, type EvictionsOptions, type Taker } from './evictions.ts';
import { planRoom } from './plan-room.ts';
import type { Holding } from './room-books.ts';
import { RoomLedger, holdingOf, type Grant, type Listing, type Rating } from './room-ledger.ts';

/** How often those that wait are looked at, beside every event that may make room. */
const LOOK_AGAIN_MS = 500;

/** Something that is to run. `id`: of the instance that is to go on, or the same for the same start however often it is asked. */
export type RoomRequest = {
  id: string;
  functionId: string;
  version: number;
  project: string;
  function: string;
  /** Left out for an instance that is there: it says itself what it takes. */
  claim?: Claim;
  /** The container of a pool that it will be, as its labels name it: its room is there. */
  from?: string;
  /** Its version has no other instance that runs. */
  isFirst: boolean;
};

type Want = RoomRequest & { sinceMs: number; isGranted: boolean };

export type HostBudgetOptions = {
  host: Pick<InstanceHost, 'list' | 'pool'>;
  /** What all instances together may take; asked until it is known. */
  readLimits: () => Promise<Claim>;
  /** Most starts of a project that wait. */
  queueLimit: number;
  /** Whoever waits for a start that has waited so long is told that there is no room. */
  queueTimeoutMs: number;
  /** The same while room for it is on its way: something that makes room for it ends its calls. */
  comingTimeoutMs: number;
  rating: Omit<Rating, 'isHeld'>;
  /** False while too little is known for an instance to go. */
  mayEvict: () => boolean;
  /** There is room for something of this function that waited. */
  onRoom: (functionId: string) => void;
  /** Something of this version waits for too long, or may not even wait. */
  onCrowded: (key: string, crowding: Crowding) => void;
  logger: Logger;
} & Pick<EvictionsOptions, 'evict' | 'giveUp'>;

/**
 * Gives out the host's room. Every start and every resume takes it from here first; who gets none is asked to come again,
 * and is called when there is some.
 *
 * INVARIANTS
 * 1. Room is given at once only where there is enough by the ledger and nobody waits; whatever else is decided, is
 *    decided on a new list.
 * 2. One decision at a time, over all that wait.
 * 3. Containers of pools get what is free, and only while nobody waits; they are the first to go.
 * 4. Every want ends by `take`, by `keepOnly`, or with the process.
 */
export class HostBudget {
  readonly #options: HostBudgetOptions;
  readonly #ledger: RoomLedger;
  readonly #crowded: CrowdedVersions;
  readonly #wants = new Map<string, Want>();
  readonly #evictions: Evictions;
  #limits: Claim | undefined;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: HostBudgetOptions) {
    this.#options = options;
    this.#crowded = new CrowdedVersions(options.logger);
    this.#evictions = new Evictions({ ...options, onGone: () => this.poke() });
    this.#ledger = new RoomLedger({
      ...options.rating,
      isLeaving: (id) => this.#evictions.isLeaving(id) || options.rating.isLeaving(id),
      isHeld: (id) => this.#wants.has(id) || this.#evictions.stays(id),
    });
  }

  /** Room for `request`, now or after idle instances have gone; undefined when it has to wait. Rejects as the engine does. */
  async take(request: RoomRequest): Promise<Grant | undefined> {
    if (!this.#wants.has(request.id)) {
      const grant = this.takeNow(request);
      if (grant || !this.#mayWait(request)) return grant;
      this.#wants.set(request.id, { ...request, sinceMs: Date.now(), isGranted: false });
    }
    await this.#decide();
    const want = this.#wants.get(request.id);
    if (!want?.isGranted) return undefined;
    this.#wants.delete(want.id);
    this.#crowded.delete(versionKey(want.functionId, want.version));
    return this.#give(want);
  }

  /** The same without asking anybody: only when there is certainly room, and nobody waits for it. */
  takeNow(request: RoomRequest): Grant | undefined {
    const whole = this.#ledger.whole(request.id, request.claim);
    if (!whole || !this.#isFree(this.#ledger.lacking(request.id, whole, request.from))) return undefined;
    return this.#give(request);
  }

  /** Room for one more container of a pool, named `instance`, if there is some that nobody waits for. */
  takeSpare(room: { project: string; instance: string; claim: Claim }): Grant | undefined {
    return this.#isFree(room.claim)
      ? this.#ledger.give({ ...room, functionId: null }, () => this.poke())
      : undefined;
  }

  /** Of a function's wants, those that are not in `ids` are wanted no longer. */
  keepOnly(functionId: string, ids: ReadonlySet<string>): void {
    const before = this.#wants.size;
    for (const want of this.#wants.values())
      if (want.functionId === functionId && !ids.has(want.id)) this.#wants.delete(want.id);
    if (this.#wants.size < before) this.poke();
  }

  /** Something may have made room. */
  poke(): void {
    if (this.#wants.size > 0 || !this.#limits || this.#isOver()) this.#decideInBackground();
  }

  /** What the engine listed of pools for somebody else. */
  observePooled(pooled: readonly Pooled[], listing: Pick<Listing, 'beganAtMs'>): void {
    this.#ledger.listedPooled(pooled, listing);
    this.poke();
  }

  /** What the engine listed for somebody else. */
  observe(instances: readonly HostInstance[], listing: Listing): void {
    this.#ledger.listed(instances, listing);
    this.poke();
  }

  /** Why there is no room for a version, when something of it has waited for too long. */
  crowding(key: string): Crowding | undefined {
    return this.#crowded.of(key);
  }

  /** What instances may take and do take, and how many starts wait. Rejects as the engine does. */
  async state(): Promise<Budget> {
    const limits = await this.#look();
    const used = this.#ledger.used();
    const of = (resource: Resource) => ({ limit: limits[resource], used: used[resource] });
    return {
      memoryMb: of('memoryMb'),
      cpus: of('cpus'),
      pids: of('pids'),
      waiting: this.#wants.size,
      evictions: this.#evictions.count,
      pooled: this.#ledger.pooled(),
    };
  }

  get evictions(): Pick<Evictions, 'of' | 'since'> {
    return this.#evictions;
  }

  /** What instances leave of the host, and pools may have; less than nothing when they take too much. Rejects as the engine does. */
  async room(): Promise<Claim> {
    const limits = await this.#look();
    return addClaims(subtractClaims(limits, this.#ledger.used()), this.#ledger.pooled());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#running.catch(() => undefined);
  }

  #mayWait({ functionId, version, project, isFirst }: RoomRequest): boolean {
    const ahead = [...this.#wants.values()].filter((want) => want.project === project).length;
    if (ahead < this.#options.queueLimit) return true;
    const reason = `${ahead} starts of the project "${project}" already wait for room on the host.`;
    this.#setCrowded(versionKey(functionId, version), { reason, isFirst });
    return false;
  }

  /** Whether so much is free by the ledger, and nobody waits for it. */
  #isFree(claim: Claim): boolean {
    if (!this.#limits || !this.#ledger.isKnown) return false;
    if (shortOf(claim, NOTHING).length === 0) return true;
    if (this.#wants.size > 0) return false;
    return shortOf(addClaims(this.#ledger.used(), claim), this.#limits).length === 0;
  }

  #give({ id, functionId, version, project, claim, from }: RoomRequest): Grant {
    this.#evictions.isBack(functionId, version);
    const instance = this.#ledger.find(id)?.labels.instance;
    const whole = this.#ledger.whole(id, claim) ?? NOTHING;
    return this.#ledger.give({ functionId, project, claim: whole, instance, from }, () => this.poke());
  }

  /** Those who ask while a decision is under way share the next one. */
  #decide(): Promise<void> {
    return (this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return (this.#running = this.#round());
      }));
  }

  #decideInBackground(): void {
    this.#decide().catch((error: unknown) => {
      this.#options.logger.debug({ err: error }, 'room could not be given out');
      this.#lookAgain();
    });
  }

  #lookAgain(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed || (this.#wants.size === 0 && !this.#isOver())) return;
    this.#timer = setTimeout(() => this.#decideInBackground(), LOOK_AGAIN_MS);
  }

  async #round(): Promise<void> {
    if (this.#isClosed) return;
    const { mayEvict, onRoom, queueTimeoutMs, comingTimeoutMs } = this.#options;
    const budget = await this.#look();
    const wants = [...this.#wants.values()].filter((want) => !want.isGranted);
    const mayGo = ({ keeping }: Holding) => mayEvict() || keeping === 'pooled';
    const held = [...this.#ledger.holdings(), ...this.#promised()];
    const plan = planRoom({
      budget,
      holdings: held.map((one) => (mayGo(one) ? one : { ...one, keeping: 'needed' })),
      wants: wants.map((want) => ({ ...this.#lacking(want), ...want })),
    });
    for (const id of plan.grant) this.#wants.get(id)!.isGranted = true;
    for (const functionId of new Set(plan.grant.map((id) => this.#wants.get(id)!.functionId))) onRoom(functionId);
    for (const id of plan.evict) this.#evict(id, held, this.#wants.get(plan.evictedFor.get(id) ?? ''));
    for (const [id, reason] of plan.waits) {
      const { functionId, version, isFirst, sinceMs } = this.#wants.get(id)!;
      const limitMs = plan.coming.has(id) ? Math.max(queueTimeoutMs, comingTimeoutMs) : queueTimeoutMs;
      if (Date.now() - sinceMs >= limitMs) this.#setCrowded(versionKey(functionId, version), { reason, isFirst });
    }
    this.#lookAgain();
  } // prettier-ignore

  async #look(): Promise<Claim> {
    const { host, readLimits } = this.#options;
    const beganAtMs = Date.now();
    const [instances, pooled, limits] = await Promise.all([
      host.list(),
      host.pool?.list() ?? [],
      this.#limits ?? readLimits(),
    ]);
    this.#ledger.listed(instances, { beganAtMs });
    this.#ledger.listedPooled(pooled, { beganAtMs });
    return (this.#limits = limits);
  }

  #evict(id: string, held: readonly Holding[], taker: Want | undefined): void {
    const instance = this.#ledger.find(id);
    const pooled = this.#ledger.findPooled(id);
    const keeping = held.find((holding) => holding.id === id)?.keeping;
    const by = taker && takerOf(taker);
    if (keeping === 'pooled' && pooled) this.#evictions.pooled(pooled, by);
    else if (keeping && instance) this.#evictions.instance(instance, keeping, by);
  }

  #setCrowded(key: string, crowding: Crowding): void {
    this.#crowded.add(key, crowding);
    this.#options.onCrowded(key, crowding);
  }

  #promised(): Holding[] {
    const granted = [...this.#wants.values()].filter((want) => want.isGranted);
    return granted.map((want) => holdingOf(`promised-${want.id}`, want.project, this.#lacking(want)));
  }

  #lacking({ id, claim = NOTHING, from }: Want): Claim {
    return this.#ledger.lacking(id, this.#ledger.whole(id, claim) ?? claim, from);
  }

  #isOver(): boolean {
    return this.#limits !== undefined && shortOf(this.#ledger.used(), this.#limits).length > 0;
  }
}

function takerOf({ functionId, project, function: name, version }: Want): Taker {
  return { functionId, project, function: name, version };
}
