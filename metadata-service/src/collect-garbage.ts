import { collect, type Garbage, type GarbageItem } from '@plat/platform-kit/garbage.ts';
import type { Keep, Retention } from './retention.ts';
import type { Expired } from './store/store.ts';

const DAY_MS = 86_400_000;

/** Rows that are older or more than configured; the retention deletes them anyway, within a minute. */
export async function collectGarbage(
  retention: Pick<Retention, 'countDue' | 'runOnce' | 'keep'>,
  { dryRun }: { dryRun: boolean },
): Promise<GarbageItem[]> {
  const plan = planGarbage(await retention.countDue(), retention.keep);
  if (!dryRun) await retention.runOnce();
  return collect('metadata-service', plan, dryRun ? undefined : async () => 'removed');
}

export function planGarbage(due: Expired, keep: Keep): Garbage[] {
  const rows = (item: { kind: 'executions' | 'audit'; id: string; why: string; count: number }): Garbage[] =>
    item.count > 0 ? [{ ...item, name: item.id, bytes: null }] : [];
  return [
    ...rows({ kind: 'executions', id: 'old', count: due.executions, why: `older than ${keep.executionsMs / DAY_MS} days` }),
    ...Object.entries(due.surplus).flatMap(([project, count]) =>
      rows({ kind: 'executions', id: project, count, why: `beyond the newest ${keep.executionsPerProject} of the project` }),
    ),
    ...rows({ kind: 'audit', id: 'old', count: due.audit, why: `older than ${keep.auditMs / DAY_MS} days` }),
  ]; // prettier-ignore
}
