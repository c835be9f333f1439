import { isDraftName } from '@plat/platform-kit/draft-name.ts';

/** What is remembered of a function that ran. */
export type Named = { id: string; project: string; name: string };

/** `seq`: that of the change feed, which only grows as long as it is the same record. */
export type Seen = { seq: number; functions: readonly Named[]; unclaimed: readonly Named[] };

/**
 * Functions that ran here and that the record does not know although nobody deleted them: its number is lower than it was,
 * so it is a new one or an older copy. Those of an earlier look stay until a record knows them.
 */
export function findUnclaimed(
  before: Seen,
  record: { seq: number; functions: ReadonlyMap<string, unknown> },
): Map<string, Named> {
  const candidates = [...before.unclaimed, ...(record.seq < before.seq ? before.functions : [])];
  return new Map(
    candidates
      .filter(({ id, name }) => !record.functions.has(id) && !isDraftName(name))
      .map(({ id, project, name }) => [id, { id, project, name }]),
  );
}
