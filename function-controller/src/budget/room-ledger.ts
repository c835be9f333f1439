import { NOTHING, subtractClaims, sumClaims, type Claim } from '@plat/platform-kit/claim.ts';
import type { HostInstance } from '../instance-host.ts';
import type { Pooled } from '../pools/pool-host.ts';
import { rateHoldings, taken, type RateInput } from './rate-holdings.ts';
import type { Holding } from './room-books.ts';

/** What was granted counts until a list that was begun this long after the start or resume: a list may be behind. */
const SETTLE_MS = 1000;

/** Room that was given. It is held until a list shows what became of it, or it `failed`. */
export type Grant = {
  /** Names the instance that it is for, as its labels do, before the engine can list it. */
  for: (instance: string) => void;
  done: () => void;
  failed: () => void;
};

/** `functionId`: null for a container of a pool. `from`: the container of a pool, as its labels name it, whose room it is. */
export type GivenRoom = {
  functionId: string | null;
  project: string;
  claim: Claim;
  instance: string | undefined;
  from?: string | undefined;
};

type Given = GivenRoom & { doneAtMs: number | undefined };

export type Listing = { beganAtMs: number; functionId?: string };

export type Rating = Omit<RateInput, 'instances' | 'nowMs'>;

/**
 * What takes room: what the engine listed last, instances and containers of pools, and what was granted since. INVARIANT: it
 * never shows too little, as nothing starts but by a grant.
 */
export class RoomLedger {
  readonly #rating: Rating;
  readonly #given = new Set<Given>();
  #seen: HostInstance[] | undefined;
  #pooled: readonly Pooled[] = [];
  #seenAtMs = 0;

  constructor(rating: Rating) {
    this.#rating = rating;
  }

  /** False until the engine was asked once. */
  get isKnown(): boolean {
    return this.#seen !== undefined;
  }

  /** Takes over a list that was asked for at `beganAtMs`: of everything, or of one function. */
  listed(instances: readonly HostInstance[], { beganAtMs, functionId }: Listing): void {
    const isOther = (id: string) => functionId !== undefined && id !== functionId;
    // Of one function only: nothing to go by before everything was listed, nor when that was asked for later.
    if (functionId !== undefined && (!this.#seen || beganAtMs < this.#seenAtMs)) return;
    if (functionId === undefined) this.#seenAtMs = beganAtMs;
    this.#seen = [...(this.#seen ?? []).filter(({ labels }) => isOther(labels.functionId)), ...instances];
    this.#settle(beganAtMs, ({ functionId: id }) => id !== null && !isOther(id));
  }

  /** The same of all containers of pools that nobody has. */
  listedPooled(pooled: readonly Pooled[], { beganAtMs }: Pick<Listing, 'beganAtMs'>): void {
    this.#pooled = pooled;
    this.#settle(beganAtMs, ({ functionId }) => functionId === null);
    // One that is listed speaks for itself once its start is over: from then on it may be put out.
    const listed = new Set(pooled.map(({ labels }) => labels.instance));
    for (const given of this.#given)
      if (given.functionId === null && given.doneAtMs !== undefined && listed.has(given.instance!))
        this.#given.delete(given);
  }

  find(instanceId: string): HostInstance | undefined {
    return this.#seen?.find(({ id }) => id === instanceId);
  }

  findPooled(id: string): Pooled | undefined {
    return this.#pooled.find((pooled) => pooled.id === id);
  }

  give(what: GivenRoom, onFailed: () => void): Grant {
    const given: Given = { ...what, doneAtMs: undefined };
    // Its room is this one's now.
    for (const other of this.#given) if (what.from !== undefined && other.instance === what.from) this.#given.delete(other);
    this.#given.add(given);
    return {
      for: (name) => void (given.instance = name),
      done: () => void (given.doneAtMs ??= Date.now()),
      failed: () => {
        if (this.#given.delete(given)) onFailed();
      },
    };
  } // prettier-ignore

  holdings(): Holding[] {
    const granted = new Set([...this.#given].map(({ instance }) => instance));
    const instances = (this.#seen ?? []).filter(({ labels }) => !granted.has(labels.instance));
    return [
      ...rateHoldings({ ...this.#rating, instances, nowMs: Date.now() }),
      ...this.#waiting().map((pooled) => this.#holdingOf(pooled)),
      ...[...this.#given].map(({ claim, project, functionId }, i) => ({
        ...holdingOf(`granted-${i}`, project, claim),
        isPooled: functionId === null,
      })),
    ];
  }

  used(): Claim {
    return sumClaims(this.holdings());
  }

  /** What containers of pools have of that. */
  pooled(): { containers: number } & Claim {
    const held = this.holdings().filter(({ isPooled }) => isPooled);
    return { containers: held.length, ...sumClaims(held) };
  }

  /** What an instance takes once it runs: as it says itself, else `claim`. */
  whole(instanceId: string, claim: Claim | undefined): Claim | undefined {
    const instance = this.find(instanceId);
    return instance ? this.#rating.claimOf(instance) : claim;
  }

  /** The part of that which it does not have already, itself or in the container of a pool that it will be. */
  lacking(instanceId: string, whole: Claim, from?: string): Claim {
    if (from !== undefined && this.#isHeld(from)) return NOTHING;
    const instance = this.find(instanceId);
    if (!instance) return whole;
    const isGranted = [...this.#given].some((given) => given.instance === instance.labels.instance);
    return isGranted ? NOTHING : subtractClaims(whole, taken(instance, whole));
  }

  /** Containers of pools that hold room of their own. */
  #waiting(): Pooled[] {
    const given = new Set([...this.#given].flatMap(({ instance, from }) => [instance, from]));
    const instances = new Set(this.#seen?.map(({ id }) => id));
    return this.#pooled.filter(({ id, labels }) => !given.has(labels.instance) && !instances.has(id));
  }

  #isHeld(name: string): boolean {
    return (
      [...this.#given].some(({ instance }) => instance === name) ||
      this.#waiting().some(({ labels }) => labels.instance === name)
    );
  }

  #holdingOf({ id, status, labels: { project, claim } }: Pooled): Holding {
    const isLeaving = this.#rating.isLeaving(id);
    const keeping = this.#rating.isHeld(id) ? 'needed' : 'pooled';
    return { ...taken({ status }, claim), id, project, keeping, worth: 0, isLeaving, isPooled: true };
  }

  /** What was started so long ago that this list shows it, if it is there. */
  #settle(beganAtMs: number, isMeant: (given: Given) => boolean): void {
    for (const given of this.#given)
      if (isMeant(given) && given.doneAtMs !== undefined && given.doneAtMs + SETTLE_MS < beganAtMs)
        this.#given.delete(given);
  }
}

/** Room that is held by what nobody may put out. */
export function holdingOf(id: string, project: string, claim: Claim): Holding {
  return { ...claim, id, project, keeping: 'needed', worth: 0, isLeaving: false };
}
