import { silentLogger } from '@plat/platform-kit/logging.ts';
import { expect, test } from 'vitest';
import { CHANGES_KEPT, Retention } from './retention.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const KEEP = { executionsMs: 30 * DAY_MS, executionsPerProject: 1000, auditMs: 365 * DAY_MS };

/** Hands out `rows` of each kind in batches, and notes what it was asked for. */
function fakeStore(rows: { old: number; surplus: Record<string, number>; audit: number; changes: number }) {
  const asked: string[] = [];
  const take = (limit: number, left: number) => Math.min(limit, left);
  return {
    asked,
    rows,
    async expireExecutions({ before, limit }: { before: Date; limit: number }) {
      asked.push(`executions before ${before.toISOString()}`);
      const deleted = take(limit, rows.old);
      rows.old -= deleted;
      return deleted;
    },
    async countExpired() {
      return { executions: rows.old, surplus: rows.surplus, audit: rows.audit };
    },
    async projectsWithExecutions() {
      return Object.keys(rows.surplus);
    },
    async trimExecutions({ project, keep, limit }: { project: string; keep: number; limit: number }) {
      asked.push(`executions of ${project} but ${keep}`);
      const deleted = take(limit, rows.surplus[project]!);
      rows.surplus[project]! -= deleted;
      return deleted;
    },
    async expireAudit({ before, limit }: { before: Date; limit: number }) {
      asked.push(`audit before ${before.toISOString()}`);
      const deleted = take(limit, rows.audit);
      rows.audit -= deleted;
      return deleted;
    },
    async expireIdempotency({ before }: { before: Date }) {
      asked.push(`idempotency keys before ${before.toISOString()}`);
      return 0;
    },
    async expireMetrics({ resolutionS, before }: { resolutionS: number; before: Date }) {
      asked.push(`metrics of ${resolutionS} s before ${before.toISOString()}`);
      return 0;
    },
    async trimChanges({ keep }: { keep: number }) {
      asked.push(`changes but ${keep}`);
      return rows.changes;
    },
  };
}

test('one pass deletes all that is due, however many batches it takes, and asks for no more than is configured', async () => {
  const store = fakeStore({ old: 1200, surplus: { a: 700, b: 0 }, audit: 3, changes: 2 });
  const retention = new Retention({ store, logger: silentLogger(), keep: KEEP, now: () => NOW });
  expect(await retention.runOnce()).toBe(1200 + 700 + 3 + 2);
  expect(store.rows).toMatchObject({ old: 0, surplus: { a: 0, b: 0 }, audit: 0 });
  expect(new Set(store.asked)).toEqual(
    new Set([
      'executions before 2026-05-02T00:00:00.000Z',
      'executions of a but 1000',
      'executions of b but 1000',
      'audit before 2025-06-01T00:00:00.000Z',
      'idempotency keys before 2026-05-31T00:00:00.000Z',
      'metrics of 10 s before 2026-05-31T21:00:00.000Z',
      'metrics of 60 s before 2026-05-24T00:00:00.000Z',
      'metrics of 3600 s before 2025-04-27T00:00:00.000Z',
      `changes but ${CHANGES_KEPT}`,
    ]),
  );
});

test('close() ends a pass after the batch it is at', async () => {
  const store = fakeStore({ old: 1_000_000, surplus: {}, audit: 0, changes: 0 });
  const retention = new Retention({ store, logger: silentLogger(), keep: KEEP, now: () => NOW });
  const pass = retention.runOnce();
  await retention.close();
  expect(await pass).toBeLessThan(10_000);
});
