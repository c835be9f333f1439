import { NOTHING, subtractClaims, sumClaims, type Claim } from '@plat/platform-kit/claim.ts';
import type { HostInstance } from '../instance-host.ts';
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

type Given = {
  functionId: string;
  project: string;
  claim: Claim;
  instance: string | undefined;
  doneAtMs: number | undefined;
};

export type Listing = { beganAtMs: number; functionId?: string };

export type Rating = Omit<RateInput, 'instances' | 'nowMs'>;

/**
 * What takes room: what the engine listed last, and what was granted since. INVARIANT: it never shows too little, as
 * nothing starts but by a grant.
 */
export class RoomLedger {
  readonly #rating: Rating;
  readonly #given = new Set<Given>();
  #seen: HostInstance[] | undefined;
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
    for (const given of this.#given)
      if (
        !isOther(given.functionId) &&
        given.doneAtMs !== undefined &&
        given.doneAtMs + SETTLE_MS < beganAtMs
      )
        this.#given.delete(given);
  }

  find(instanceId: string): HostInstance | undefined {
    return this.#seen?.find(({ id }) => id === instanceId);
  }

  give(what: Pick<Given, 'functionId' | 'project' | 'claim' | 'instance'>, onFailed: () => void): Grant {
    const given: Given = { ...what, doneAtMs: undefined };
    this.#given.add(given);
    return {
      for: (name) => void (given.instance = name),
      done: () => void (given.doneAtMs ??= Date.now()),
      failed: () => {
        if (this.#given.delete(given)) onFailed();
      },
    };
  }

  holdings(): Holding[] {
    const granted = new Set([...this.#given].map(({ instance }) => instance));
    const instances = (this.#seen ?? []).filter(({ labels }) => !granted.has(labels.instance));
    return [
      ...rateHoldings({ ...this.#rating, instances, nowMs: Date.now() }),
      ...[...this.#given].map(({ claim, project }, i) => holdingOf(`granted-${i}`, project, claim)),
    ];
  }

  used(): Claim {
    return sumClaims(this.holdings());
  }

  /** What an instance takes once it runs: as it says itself, else `claim`. */
  whole(instanceId: string, claim: Claim | undefined): Claim | undefined {
    const instance = this.find(instanceId);
    return instance ? this.#rating.claimOf(instance) : claim;
  }

  /** The part of that which it does not have already. */
  lacking(instanceId: string, whole: Claim): Claim {
    const instance = this.find(instanceId);
    if (!instance) return whole;
    const isGranted = [...this.#given].some((given) => given.instance === instance.labels.instance);
    return isGranted ? NOTHING : subtractClaims(whole, taken(instance, whole));
  }
}

/** Room that is held by what nobody may put out. */
export function holdingOf(id: string, project: string, claim: Claim): Holding {
  return { ...claim, id, project, keeping: 'needed', worth: 0, isLeaving: false };
}
