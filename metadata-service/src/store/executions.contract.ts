import { describe, expect, test } from 'vitest';
import { chooseSpan } from './metric-tiers.ts';
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
      expect(await store.getExecution(execution.id)).toEqual({ ...execution, bodies: null });
      expect(await store.getExecution(empty.requestId)).toEqual({ ...empty, bodies: null });
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

    test('bodies are kept with their execution, and go with it', async () => {
      const body = { contentType: 'text/plain', text: 'hi', bytes: 2, isCut: false, isRedacted: false, omitted: null }; // prettier-ignore
      const bodies = { request: null, response: body };
      await store.recordExecutions([sampleExecution({ id: 'a', hasBodies: true }), sampleExecution({ id: 'b' })].map((it) => ({ ...it, bodies: it.hasBodies ? bodies : undefined }))); // prettier-ignore
      expect((await store.getExecution('a')).bodies).toEqual(bodies);
      expect((await store.getExecution('b')).bodies).toBeNull();
      expect(await store.expireExecutions({ before: new Date(), limit: 9 })).toBe(2);
      await store.recordExecutions([sampleExecution({ id: 'a', hasBodies: true })]);
      expect((await store.getExecution('a')).bodies).toBeNull();
    });

    test('a request id that two projects have means the own one', async () => {
      await store.recordExecutions([
        sampleExecution({ id: 'a', requestId: 'r', project: 'shop', startedAt: at(1) }),
        sampleExecution({ id: 'b', requestId: 'r', startedAt: at(2) }),
      ]);
      expect(await store.getExecution('r', { project: 'shop' })).toMatchObject({ id: 'a' });
      await expect(store.getExecution('b', { project: 'shop' })).rejects.toMatchObject({ code: 'not_found' });
    });

    test('every filter narrows the list', async () => {
      await store.recordExecutions([
        sampleExecution({ id: 'a', startedAt: at(1), path: '/Orders?x=1', alias: null }),
        sampleExecution({ id: 'b', startedAt: at(2), status: 404, trigger: 'edge' }),
        sampleExecution({ id: 'c', startedAt: at(3), status: 502, outcome: 'function_error', errorMessage: '50% of it', errorCode: 'function_failed' }),
        sampleExecution({ id: 'd', startedAt: at(4), cold: true, rung: 'paused', instance: 'i2' }),
        sampleExecution({ id: 'e', startedAt: at(5), cold: true, rung: 'new', project: 'shop' }),
      ]); // prettier-ignore
      expect(await ids({ failed: true })).toEqual(['c']);
      expect(await ids({ failed: false })).toEqual(['e', 'd', 'b', 'a']);
      expect(await ids({ status: '4xx' })).toEqual(['b']);
      expect(await ids({ status: '5xx', project: 'default' })).toEqual(['c']);
      expect(await ids({ status: '2xx' })).toEqual(['e', 'd', 'a']);
      expect(await ids({ cold: true, project: 'default' })).toEqual(['d']);
      expect(await ids({ cold: false })).toEqual(['c', 'b', 'a']);
      expect(await ids({ rung: 'new' })).toEqual(['e']);
      expect(await ids({ rung: 'hot', function: 'hello' })).toEqual(['c', 'b', 'a']);
      expect(await ids({ trigger: 'edge' })).toEqual(['b']);
      expect(await ids({ instance: 'i2' })).toEqual(['d']);
      expect(await ids({ alias: 'live', until: at(2) })).toEqual(['b']);
      expect(await ids({ since: at(2), until: at(3) })).toEqual(['c', 'b']);
      expect(await ids({ q: 'orders' })).toEqual(['a']);
      expect(await ids({ q: '50%', failed: true })).toEqual(['c']);
      expect(await ids({ q: '0_' })).toEqual([]);
    });

    test('a search for what is rare looks at no more than it has to, and goes on from its cursor', async () => {
      const many = Array.from({ length: 4500 }, (_, i) =>
        sampleExecution({ id: `e${String(i).padStart(5, '0')}`, startedAt: at(i), path: i % 2000 === 7 ? '/rare' : '/' }),
      ); // prettier-ignore
      for (let from = 0; from < many.length; from += 1000)
        await store.recordExecutions(many.slice(from, from + 1000));
      const seen: string[] = [];
      let before: string | undefined;
      do {
        const page = await store.listExecutions({ q: '/rare', project: 'default' }, { before, limit: 2 });
        seen.push(...page.items.map(({ id }) => id));
        before = page.next ?? undefined;
      } while (before !== undefined);
      expect(seen).toEqual(['e04007', 'e02007', 'e00007']);
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

    test('what a draft did goes with it, and nothing else', async () => {
      const key = { project: 'default', name: 'plat-draft-1' };
      const { functionId } = await store.createVersion(key, sampleVersion());
      const call = { functionId, function: key.name };
      await store.recordExecutions([sampleExecution({ id: 'a', ...call }), sampleExecution({ id: 'b' })]);
      await store.deleteFunction(key, BY);
      expect(await ids()).toEqual(['b']);
      const toMs = Date.parse(sampleExecution().startedAt) + 1000;
      const span = chooseSpan({ toMs, rangeMs: 60_000, pointsMax: 100 });
      expect((await store.readMetrics({}, span)).totals.calls).toBe(1);
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
