import type { ChangesPage } from '@plat/platform-kit/domain.ts';
import { describe, expect, test } from 'vitest';
import { BY, HELLO, makeReady, sampleToken, sampleVersion } from './sample-records.ts';
import type { Store } from './store.ts';

/** The change feed and the audit log. */
export function changesContract(store: Store): void {
  const deploy = async () => makeReady(store, await store.createVersion(HELLO, sampleVersion()));
  const newestSeq = async () => (await store.changesSince(0)).seq;
  const keys = (page: ChangesPage) => page.changes.map((change) => change.key);

  describe('the change feed', () => {
    test('since 0 gives the whole state, also of a new database, whose number is above 0', async () => {
      const page = await store.changesSince(0);
      expect(page).toMatchObject({ reset: true, changes: [{ kind: 'project', key: 'default' }] });
      expect(page.seq).toBeGreaterThan(0);
      expect(await store.changesSince(page.seq)).toEqual({ seq: page.seq, reset: false, changes: [] });
    });

    test('the whole state has projects, functions and tokens as they are', async () => {
      await deploy();
      const token = await store.createToken(sampleToken());
      const { changes } = await store.changesSince(0);
      expect(changes.map((change) => change.value)).toEqual([
        ...(await store.listProjects()),
        await store.getFunction(HELLO),
        token,
      ]);
    });

    test('several changes of one key come once, with the newest value at its newest number', async () => {
      const since = await newestSeq();
      const { functionId } = await store.createVersion(HELLO, sampleVersion());
      await store.createProject('shop', BY);
      await store.setFunctionState(HELLO, 'stopped', BY);
      const page = await store.changesSince(since);
      expect(keys(page)).toEqual(['shop', functionId]);
      expect(page.changes[1]).toEqual({
        seq: page.seq,
        kind: 'function',
        key: functionId,
        value: await store.getFunction(HELLO),
      });
      expect(page.seq).toBe(since + 3);
    });

    test('what was deleted comes with null', async () => {
      const { functionId } = await deploy();
      const token = await store.createToken(sampleToken());
      const since = await newestSeq();
      await store.deleteFunction(HELLO, BY);
      await store.deleteToken(token.id, BY);
      expect((await store.changesSince(since)).changes).toMatchObject([
        { kind: 'function', key: functionId, value: null },
        { kind: 'token', key: token.id, value: null },
      ]);
    });

    test('a write that was refused leaves no change and no audit entry', async () => {
      await deploy();
      const since = await newestSeq();
      await expect(
        store.setAlias(HELLO, 'canary', { weights: [{ version: 9, weight: 100 }] }, BY),
      ).rejects.toMatchObject({
        code: 'conflict',
      });
      await expect(store.deleteAlias(HELLO, 'live', BY)).rejects.toMatchObject({ code: 'conflict' });
      expect(await store.changesSince(since)).toEqual({ seq: since, reset: false, changes: [] });
      expect((await store.listAudit({}, { limit: 1 })).items[0]).toMatchObject({ action: 'version.ready' });
    });

    test('who asks with a number that was never given out reads the whole state', async () => {
      const seq = await newestSeq();
      expect(await store.changesSince(seq + 1)).toMatchObject({ reset: true, seq });
    });

    test('who is behind what was trimmed reads the whole state, the others go on', async () => {
      const since = await newestSeq();
      for (let i = 0; i < 10; i++) await store.createProject(`p${i}`, BY);
      expect(await store.trimChanges({ keep: 4 })).toBeGreaterThan(0);
      expect(await store.changesSince(since)).toMatchObject({ reset: true, seq: since + 10 });
      expect(await store.changesSince(since + 5)).toMatchObject({ reset: true });
      const page = await store.changesSince(since + 6);
      expect(page.reset).toBe(false);
      expect(keys(page)).toEqual(['p6', 'p7', 'p8', 'p9']);
      expect(await store.trimChanges({ keep: 4 })).toBe(0);
    });

    test('a follower far behind gets pages that meet without a gap', async () => {
      const since = await newestSeq();
      for (let i = 0; i < 620; i++) await store.createProject(`p${i}`, BY);
      const first = await store.changesSince(since);
      expect(first.changes.length).toBeLessThan(620);
      const second = await store.changesSince(first.seq);
      expect([...keys(first), ...keys(second)]).toEqual(Array.from({ length: 620 }, (_, i) => `p${i}`));
      expect(second.seq).toBe(since + 620);
    });

    test('a commit wakes its listeners until they leave; a refused write and a read do not', async () => {
      let commits = 0;
      const leave = store.onCommit(() => commits++);
      await store.createProject('a', BY);
      expect(commits).toBe(1);
      await expect(store.createProject('a', BY)).rejects.toMatchObject({ code: 'conflict' });
      await store.listProjects();
      expect(commits).toBe(1);
      leave();
      await store.createProject('b', BY);
      expect(commits).toBe(1);
    });
  });

  describe('the audit log', () => {
    test('every change has an entry with who, what and where, newest first, and no secret', async () => {
      await deploy();
      await store.createToken(sampleToken());
      await store.deleteFunction(HELLO, { actor: 'somebody' });
      const { items } = await store.listAudit({}, { limit: 50 });
      expect(items.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
        'somebody function.delete',
        'tester token.create',
        'tester version.ready',
        'tester version.starting',
        'tester version.building',
        'tester version.create',
      ]);
      expect(items[2]).toMatchObject({
        object: 'default/hello',
        detail: { version: 1, from: 'starting', promoted: true },
      });
      expect(JSON.stringify(items)).not.toContain(sampleToken().hash);
    });

    test('pages meet without a gap, and can be of one object', async () => {
      for (let i = 0; i < 5; i++) await store.createProject(`p${i}`, BY);
      const actions: string[] = [];
      let before: string | undefined;
      do {
        const page = await store.listAudit({}, { before, limit: 2 });
        actions.push(...page.items.map((item) => item.object));
        before = page.next ?? undefined;
      } while (before !== undefined);
      expect(actions).toEqual(['p4', 'p3', 'p2', 'p1', 'p0']);
      expect((await store.listAudit({ object: 'p3' }, { limit: 2 })).items).toHaveLength(1);
      await expect(store.listAudit({}, { before: 'x', limit: 2 })).rejects.toMatchObject({
        code: 'invalid',
      });
    });

    test('old entries are deleted, the oldest first', async () => {
      for (let i = 0; i < 5; i++) await store.createProject(`p${i}`, BY);
      const future = new Date(Date.now() + 60_000);
      expect(await store.expireAudit({ before: new Date(0), limit: 2 })).toBe(0);
      expect(await store.expireAudit({ before: future, limit: 2 })).toBe(2);
      const { items } = await store.listAudit({}, { limit: 50 });
      expect(items.map((item) => item.object)).toEqual(['p4', 'p3', 'p2']);
    });
  });
}
