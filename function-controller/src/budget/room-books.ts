import {
  RESOURCE_WORDS,
  addClaims,
  largestShare,
  NOTHING,
  shortOf,
  subtractClaims,
  sumClaims,
  type Claim,
} from '@plat/platform-kit/claim.ts';

/**
 * What an instance is to others that want its room. `pooled`: none yet, but a container that waits for a function; `spare`: without a call, beyond the least that its version keeps;
 * `kept`: without a call, one of those least; `surplus`: its version has calls, and other instances; `needed`: the last
 * one of a version with calls, one that is getting ready, or that waits itself.
 */
export type Keeping = 'pooled' | 'spare' | 'kept' | 'surplus' | 'needed';

/** An instance that takes something. */
export type Holding = Claim & {
  id: string;
  project: string;
  keeping: Keeping;
  /** See {@link Usefulness}; the least useful go first. */
  worth: number;
  /** On its way out: its room is not free yet, and will be. */
  isLeaving: boolean;
  /** A container of a pool: it counts for nobody's share. */
  isPooled?: boolean;
};

/** Something that may start once there is room. `isFirst`: its version has no other instance. */
export type Want = Claim & { id: string; project: string; isFirst: boolean; sinceMs: number };

/** Shares are fractions: they are compared with this much play. */
const PLAY = 1e-6;

export type Placed = { kind: 'now' } | { kind: 'soon'; evict: string[] } | { kind: 'full'; reason: string };

/** What is held as the plan goes on: `now`, and `later`, once those that leave are gone and those that wait for them are in. */
export class RoomBooks {
  readonly #budget: Claim;
  readonly #share: number;
  readonly #byProject = new Map<string, Claim>();
  #staying: Holding[];
  #now: Claim;
  #later: Claim;

  constructor(budget: Claim, holdings: readonly Holding[], wants: readonly Want[]) {
    this.#budget = budget;
    this.#staying = holdings.filter((held) => !held.isLeaving);
    this.#now = sumClaims(holdings);
    this.#later = sumClaims(this.#staying);
    const owned = this.#staying.filter((held) => !held.isPooled);
    this.#share = 1 / Math.max(1, new Set([...owned, ...wants].map(({ project }) => project)).size);
    for (const held of owned) this.#book(held.project, held);
  }

  converge(): string[] {
    const gone: string[] = [];
    for (const keeping of ['pooled', 'spare', 'kept'] as const)
      for (const held of this.#leastUseful((candidate) => candidate.keeping === keeping)) {
        const short = shortOf(this.#later, this.#budget);
        if (short.length === 0) return gone;
        if (!short.some((resource) => held[resource] > 0)) continue;
        this.#leave(held);
        gone.push(held.id);
      }
    return gone;
  }

  poorest(queues: ReadonlyMap<string, readonly Want[]>): string | undefined {
    const order = (project: string) => [this.#shareOf(project), queues.get(project)![0]!.sinceMs] as const;
    return [...queues.keys()].sort((a, b) => {
      const [shareA, sinceA] = order(a);
      const [shareB, sinceB] = order(b);
      return shareA - shareB || sinceA - sinceB;
    })[0];
  }

  isFair(want: Want): boolean {
    const held = this.#byProject.get(want.project);
    if (!held || largestShare(held, this.#budget) < PLAY) return true;
    return largestShare(addClaims(held, want), this.#budget) <= this.#share + PLAY;
  }

  /** Books `want` if there is room for it, or will be. */
  place(want: Want, isFair: boolean): Placed {
    if (this.#fits(this.#later, want)) {
      const isNow = this.#fits(this.#now, want);
      this.#enter(want, isNow);
      return isNow ? { kind: 'now' } : { kind: 'soon', evict: [] };
    }
    const before = { staying: this.#staying, later: this.#later, byProject: new Map(this.#byProject) };
    const evict: string[] = [];
    while (!this.#fits(this.#later, want)) {
      const short = shortOf(addClaims(this.#later, want), this.#budget);
      const next = this.#nextFor(want, isFair, (held) => short.some((resource) => held[resource] > 0));
      if (!next) {
        this.#staying = before.staying;
        this.#later = before.later;
        this.#byProject.clear();
        for (const [project, claim] of before.byProject) this.#byProject.set(project, claim);
        const what = shortOf(addClaims(this.#later, want), this.#budget).map((name) => RESOURCE_WORDS[name]);
        return { kind: 'full', reason: `All ${what.join(' and ')} for instances is in use.` };
      }
      this.#leave(next);
      evict.push(next.id);
    }
    this.#enter(want, false);
    return { kind: 'soon', evict };
  }

  /** The next one that has to make room, in the order of how little it is missed. */
  #nextFor(want: Want, isFair: boolean, helps: (held: Holding) => boolean): Holding | undefined {
    const hasNothing = this.#shareOf(want.project) < PLAY;
    const mayGo = (held: Holding, keeping: Keeping): boolean => {
      if (held.keeping !== keeping) return false;
      if (keeping === 'pooled') return true;
      if (held.project === want.project)
        return keeping === 'spare' || (keeping === 'surplus' && want.isFirst);
      if (!isFair) return false;
      return this.#shareOf(held.project) > this.#share + PLAY || (hasNothing && keeping === 'spare');
    };
    for (const keeping of ['pooled', 'spare', 'kept', 'surplus'] as const) {
      const [found] = this.#leastUseful((held) => mayGo(held, keeping) && helps(held));
      if (found) return found;
    }
    return undefined;
  }

  #leastUseful(isMeant: (held: Holding) => boolean): Holding[] {
    return this.#staying.filter(isMeant).sort((a, b) => a.worth - b.worth);
  }

  #fits(held: Claim, want: Want): boolean {
    return shortOf(addClaims(held, want), this.#budget).length === 0;
  }

  #shareOf(project: string): number {
    return largestShare(this.#byProject.get(project) ?? NOTHING, this.#budget);
  }

  #enter(want: Want, isNow: boolean): void {
    if (isNow) this.#now = addClaims(this.#now, want);
    this.#later = addClaims(this.#later, want);
    this.#book(want.project, want);
  }

  #leave(held: Holding): void {
    this.#staying = this.#staying.filter((other) => other !== held);
    this.#later = subtractClaims(this.#later, held);
    if (held.isPooled) return;
    this.#byProject.set(held.project, subtractClaims(this.#byProject.get(held.project) ?? NOTHING, held));
  }

  #book(project: string, claim: Claim): void {
    this.#byProject.set(project, addClaims(this.#byProject.get(project) ?? NOTHING, claim));
  }
}
