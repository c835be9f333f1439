import { describe, expect, test } from 'vitest';
import { BY, HELLO, makeReady, sampleExecution, sampleVersion } from './sample-records.ts';
import type { Store } from './store.ts';

/** The records of invocations and their retention. */
export function executionsContract(store: Store): void {
  const deploy = async () => makeReady(store, await store.createVersion(HELLO, sampleVersion()));

  describe('executions', () => {
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
    const ids = async (filter: Parameters<Store['listExecutions']>[0] = {}) =>
      (await store.listExecutions(filter, { limit: 100 })).items.map((execution) => execution.id);

    test('what was recorded is read back whole, by id and by request id', async () => {
      const execution = sampleExecution();
      const empty = sampleExecution({
        version: null,
        alias: null,
        errorCode: 'not_found',
        outcome: 'platform_error',
        cpuMs: null,
        memoryBytes: null,
        instance: null,
        cold: true,
      });
      await store.recordExecutions([execution, empty]);
      expect(await store.getExecution(execution.id)).toEqual(execution);
      expect(await store.getExecution(empty.requestId)).toEqual(empty);
      await expect(store.getExecution('nope')).rejects.toMatchObject({ code: 'not_found' });
    });

    test('what is due is counted as it would be deleted, each row once', async () => {
      const old = (id: string) => sampleExecution({ id, startedAt: at(1) });
      const young = (id: string, project: string) => sampleExecution({ id, project, startedAt: at(20) });
      await store.recordExecutions([
        old('a'),
        old('b'),
        young('c', 'default'),
        young('d', 'shop'),
        young('e', 'shop'),
      ]);
      const due = { executionsBefore: new Date(at(10)), keep: 1, auditBefore: new Date(at(10)) };
      expect(await store.countExpired(due)).toEqual({ executions: 2, surplus: { shop: 1 }, audit: 0 });
      await store.createVersion(HELLO, sampleVersion());
      const later = new Date(Date.now() + 60_000);
      expect((await store.countExpired({ ...due, auditBefore: later })).audit).toBeGreaterThan(0);
    });

    test('a batch that is sent again changes nothing', async () => {
      const executions = Array.from({ length: 250 }, (_, i) =>
        sampleExecution({ id: `e${i}`, startedAt: at(i) }),
      );
      await store.recordExecutions(executions);
      await store.recordExecutions([
        { ...executions[0]!, status: 500 },
        ...executions.slice(1),
        sampleExecution({ id: 'new' }),
      ]);
      expect((await store.getExecution('e0')).status).toBe(200);
      expect(await store.getExecution('new')).toMatchObject({ id: 'new' });
    });

    test('filters narrow the list, together and alone', async () => {
      await store.recordExecutions([
        sampleExecution({ id: 'a', startedAt: at(1) }),
        sampleExecution({ id: 'b', startedAt: at(2), function: 'other', version: 2 }),
        sampleExecution({ id: 'c', startedAt: at(3), project: 'shop', requestId: 'r' }),
        sampleExecution({ id: 'd', startedAt: at(4), project: 'shop', outcome: 'timeout', status: 504 }),
      ]);
      expect(await ids()).toEqual(['d', 'c', 'b', 'a']);
      expect(await ids({ project: 'shop' })).toEqual(['d', 'c']);
      expect(await ids({ function: 'hello' })).toEqual(['d', 'c', 'a']);
      expect(await ids({ outcome: 'timeout' })).toEqual(['d']);
      expect(await ids({ requestId: 'r' })).toEqual(['c']);
      expect(await ids({ version: 2 })).toEqual(['b']);
      expect(await ids({ project: 'shop', outcome: 'ok' })).toEqual(['c']);
    });

    test('pages are stable while new ones come in, also among those of one millisecond', async () => {
      const names = Array.from({ length: 9 }, (_, i) => `e${i}`);
      await store.recordExecutions(names.map((id) => sampleExecution({ id, startedAt: at(1) })));
      const seen: string[] = [];
      let before: string | undefined;
      do {
        const page = await store.listExecutions({}, { before, limit: 2 });
        seen.push(...page.items.map((execution) => execution.id));
        before = page.next ?? undefined;
        await store.recordExecutions([sampleExecution({ startedAt: at(9) })]);
      } while (before !== undefined);
      expect(seen).toEqual(names.reverse());
      await expect(store.listExecutions({}, { before: 'x', limit: 2 })).rejects.toMatchObject({
        code: 'invalid',
      });
    });

    test('executions of a deleted function stay', async () => {
      await deploy();
      await store.recordExecutions([sampleExecution({ id: 'a' })]);
      await store.deleteFunction(HELLO, BY);
      expect(await ids()).toEqual(['a']);
    });

    test('those that are too old are deleted, the oldest first and no more than asked', async () => {
      await store.recordExecutions(
        [0, 1, 2, 3].map((i) => sampleExecution({ id: `e${i}`, startedAt: at(i) })),
      );
      expect(await store.expireExecutions({ before: new Date(at(3)), limit: 2 })).toBe(2);
      expect(await ids()).toEqual(['e3', 'e2']);
      expect(await store.expireExecutions({ before: new Date(at(3)), limit: 2 })).toBe(1);
      expect(await store.expireExecutions({ before: new Date(at(3)), limit: 2 })).toBe(0);
      expect(await ids()).toEqual(['e3']);
    });

    test('a project keeps its newest ones, whatever the others have', async () => {
      const one = (project: string) => (i: number) =>
        sampleExecution({ id: `${project}${i}`, project, startedAt: at(i) });
      await store.recordExecutions([...[0, 1, 2, 3, 4].map(one('a')), ...[0, 1].map(one('b'))]);
      expect(await store.projectsWithExecutions()).toEqual(['a', 'b']);
      expect(await store.trimExecutions({ project: 'a', keep: 2, limit: 2 })).toBe(2);
      expect(await store.trimExecutions({ project: 'a', keep: 2, limit: 2 })).toBe(1);
      expect(await store.trimExecutions({ project: 'a', keep: 2, limit: 2 })).toBe(0);
      expect(await store.trimExecutions({ project: 'b', keep: 2, limit: 2 })).toBe(0);
      expect(await ids()).toEqual(['a4', 'a3', 'b1', 'b0']);
    });
  });
}
