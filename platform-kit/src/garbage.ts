import { z } from 'zod';

export const GARBAGE_KINDS = [
  'image',
  'container',
  'network',
  'volume',
  'manifest',
  'source',
  'build-log',
  'kept-log',
  'folder',
  'executions',
  'audit',
] as const;

/** What became of it. `found`: it was only looked for. `in_use`: something still needs it; the next round takes it. */
export const GarbageOutcome = z.enum(['found', 'removed', 'in_use', 'failed']);

/** Something of ours that nobody refers to. `bytes` is null where it is not known; `count` is of rows, 1 for a thing. */
export const GarbageItem = z.object({
  component: z.string(),
  kind: z.enum(GARBAGE_KINDS),
  id: z.string(),
  name: z.string(),
  why: z.string(),
  bytes: z.int().min(0).nullable(),
  count: z.int().min(0),
  outcome: GarbageOutcome,
});
export type GarbageItem = z.output<typeof GarbageItem>;

/** What a plan says of one thing, before anything is done about it. */
export type Garbage = Omit<GarbageItem, 'component' | 'outcome' | 'count'> & { count?: number };

export const GarbageReport = z.object({
  dryRun: z.boolean(),
  items: z.array(GarbageItem),
  /** Services that could not be asked, and what they are left with. */
  problems: z.array(z.object({ component: z.string(), problem: z.string() })),
  /** The sum of what is known. */
  bytes: z.int().min(0),
});
export type GarbageReport = z.output<typeof GarbageReport>;

/** Carries out a plan, one thing after the other; what fails is said and does not hold up the rest. */
export async function collect(
  component: string,
  plan: readonly Garbage[],
  remove: ((item: Garbage) => Promise<'removed' | 'in_use'>) | undefined,
  onError: (error: unknown, item: Garbage) => void = () => undefined,
): Promise<GarbageItem[]> {
  const items: GarbageItem[] = [];
  for (const item of plan) {
    let outcome: GarbageItem['outcome'] = 'found';
    if (remove) {
      try {
        outcome = await remove(item);
      } catch (error) {
        onError(error, item);
        outcome = 'failed';
      }
    }
    items.push({ count: 1, ...item, component, outcome });
  }
  return items;
}
