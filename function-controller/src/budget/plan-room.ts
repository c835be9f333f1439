import { RESOURCE_WORDS, shortOf, type Claim, type Resource } from '@plat/platform-kit/claim.ts';
import { RoomBooks, type Holding, type Want } from './room-books.ts';

export type RoomPlan = {
  /** May start now. */
  grant: string[];
  /** Go, so that others may start, or because all together take too much. */
  evict: string[];
  /** For whose want each of these goes; those that go because all take too much are not in it. */
  evictedFor: Map<string, string>;
  /** Those that wait, and why, for a person. */
  waits: Map<string, string>;
  /** Of those that wait, for whom there is room once what leaves is gone. */
  coming: Set<string>;
};

/**
 * Who may start now, who goes for it, and who waits. Pure.
 *
 * INVARIANTS
 * 1. What is held is never more than the budget because of a grant; room counts as free once its holder is gone.
 * 2. A project's fair share is the budget divided by the projects that hold or want something, and never less than one
 *    instance. The project with the least goes first; one beyond its share gets nothing while one within its share waits.
 * 3. Beside what is free and what containers of pools have, which go first and count for nobody's share, a project gets room from spare instances of its own and, within its share, from projects
 *    beyond theirs, down to their share. A version's first instance may take a surplus one of its own project.
 * 4. The last instance of a version that has calls never goes, and nothing goes that does not make room enough.
 * 5. What can never fit waits, and holds nobody up.
 * 6. When more is held than the budget allows (it was lowered), what has no call goes until it is not.
 */
export function planRoom(input: {
  budget: Claim;
  holdings: readonly Holding[];
  wants: readonly Want[];
}): RoomPlan {
  const books = new RoomBooks(input.budget, input.holdings, input.wants);
  const plan: RoomPlan = {
    grant: [],
    evict: books.converge(),
    evictedFor: new Map(),
    waits: new Map(),
    coming: new Set(),
  };
  const queues = new Map<string, Want[]>();
  for (const want of [...input.wants].sort(byTurn)) {
    const short = shortOf(want, input.budget);
    if (short.length > 0) plan.waits.set(want.id, neverFits(short));
    else queues.set(want.project, [...(queues.get(want.project) ?? []), want]);
  }
  let isSomeoneShort = false;
  const refuse = (project: string, reason: string) => {
    for (const want of queues.get(project)!) plan.waits.set(want.id, reason);
    queues.delete(project);
  };
  for (let project = books.poorest(queues); project !== undefined; project = books.poorest(queues)) {
    const want = queues.get(project)![0]!;
    const isFair = books.isFair(want);
    if (!isFair && isSomeoneShort) {
      refuse(project, 'Other projects have less than their share of the host, and wait.');
      continue;
    }
    const outcome = books.place(want, isFair);
    if (outcome.kind === 'full') {
      isSomeoneShort ||= isFair;
      refuse(project, outcome.reason);
      continue;
    }
    if (outcome.kind === 'now') plan.grant.push(want.id);
    else plan.waits.set(want.id, 'Idle instances make room for it.');
    if (outcome.kind === 'soon') {
      plan.coming.add(want.id);
      plan.evict.push(...outcome.evict);
      for (const id of outcome.evict) plan.evictedFor.set(id, want.id);
    }
    queues.get(project)!.shift();
    if (queues.get(project)!.length === 0) queues.delete(project);
  }
  return plan;
}

function neverFits(short: Resource[]): string {
  return `It takes more ${short.map((name) => RESOURCE_WORDS[name]).join(' and ')} than all instances together may.`;
}

/** Within a project: versions that have no instance first, then who came first. */
function byTurn(a: Want, b: Want): number {
  return Number(b.isFirst) - Number(a.isFirst) || a.sinceMs - b.sinceMs;
}
