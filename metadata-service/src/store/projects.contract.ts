import { describe, expect, test } from 'vitest';
import { BY, HELLO, makeReady, sampleToken, sampleVersion } from './sample-records.ts';
import type { Store } from './store.ts';

/** Projects, functions and tokens. */
export function projectsContract(store: Store): void {
  const deploy = async () => makeReady(store, await store.createVersion(HELLO, sampleVersion()));
  const newestSeq = async () => (await store.changesSince(0)).seq;

  describe('projects', () => {
    test('a new database has the project "default" and nothing else', async () => {
      expect(await store.listProjects()).toMatchObject([{ name: 'default' }]);
      expect(await store.listFunctions({})).toEqual([]);
    });

    test('projects are made once, listed by name, and deleted', async () => {
      await store.createProject('zoo', BY);
      await store.createProject('a-b', BY);
      await store.createProject('ab', BY);
      expect((await store.listProjects()).map((project) => project.name)).toEqual([
        'a-b',
        'ab',
        'default',
        'zoo',
      ]);
      await expect(store.createProject('zoo', BY)).rejects.toMatchObject({ code: 'conflict' });
      await store.deleteProject('zoo', BY);
      await expect(store.deleteProject('zoo', BY)).rejects.toMatchObject({ code: 'not_found' });
    });

    test('a project with functions stays, and the error names them', async () => {
      await store.createProject('shop', BY);
      await store.createVersion({ project: 'shop', name: 'cart' }, sampleVersion());
      await expect(store.deleteProject('shop', BY)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('cart'),
      });
      await store.deleteFunction({ project: 'shop', name: 'cart' }, BY);
      await store.deleteProject('shop', BY);
    });

    test('the project "default" cannot be deleted', async () => {
      await expect(store.deleteProject('default', BY)).rejects.toMatchObject({ code: 'conflict' });
    });

    test('a project takes its tokens with it, so that a later one of its name does not inherit them', async () => {
      await store.createProject('shop', BY);
      const token = await store.createToken(sampleToken({ project: 'shop' }));
      const seq = await newestSeq();
      await store.deleteProject('shop', BY);
      expect(await store.listTokens()).toEqual([]);
      expect(await store.changesSince(seq)).toMatchObject({
        changes: [
          { kind: 'token', key: token.id, value: null },
          { kind: 'project', key: 'shop', value: null },
        ],
      });
    });
  });

  describe('functions', () => {
    test('functions are listed by project and name', async () => {
      await store.createProject('shop', BY);
      for (const key of [
        { project: 'shop', name: 'a' },
        { project: 'default', name: 'b' },
        { project: 'default', name: 'a-b' },
        { project: 'default', name: 'ab' },
      ])
        await store.createVersion(key, sampleVersion());
      const names = (await store.listFunctions({})).map((fn) => `${fn.project}/${fn.name}`);
      expect(names).toEqual(['default/a-b', 'default/ab', 'default/b', 'shop/a']);
      expect((await store.listFunctions({ project: 'shop' })).map((fn) => fn.name)).toEqual(['a']);
      await store.createVersion({ project: 'shop', name: 'plat-draft-0123456789abcdefghi' }, sampleVersion());
      const paged: string[] = [];
      for (let before: string | null | undefined; before !== null;) {
        const page = await store.pageFunctions({}, { limit: 1, ...(before === undefined ? {} : { before }) });
        paged.push(...page.items.map((fn) => `${fn.project}/${fn.name}`));
        before = page.next;
      }
      expect(paged).toEqual(names.toSorted());
      expect((await store.pageFunctions({ project: 'shop' }, { limit: 5 })).items).toEqual([
        await store.getFunction({ project: 'shop', name: 'a' }),
      ]);
    });

    test('a function is stopped and started', async () => {
      await deploy();
      expect(await store.setFunctionState(HELLO, 'stopped', BY)).toMatchObject({ state: 'stopped' });
      expect(await store.getFunction(HELLO)).toMatchObject({ state: 'stopped', latest: 1 });
      expect(await store.setFunctionState(HELLO, 'active', BY)).toMatchObject({ state: 'active' });
    });

    test('a deleted function is gone whole, and one of its name begins again at number 1', async () => {
      const { functionId } = await deploy();
      await store.deleteFunction(HELLO, BY);
      await expect(store.getFunction(HELLO)).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.deleteFunction(HELLO, BY)).rejects.toMatchObject({ code: 'not_found' });
      const next = await store.createVersion(HELLO, sampleVersion());
      expect(next.number).toBe(1);
      expect(next.functionId).not.toBe(functionId);
      expect((await store.getFunction(HELLO)).aliases).toEqual([]);
    });
  });

  describe('tokens', () => {
    test('a token is made, listed and deleted', async () => {
      const token = await store.createToken(sampleToken({ expiresAt: '2030-01-01T00:00:00.000Z' }));
      expect(token).toMatchObject({ name: 'ci', role: 'developer', project: null, createdBy: 'tester' });
      expect(await store.listTokens()).toEqual([token]);
      await store.deleteToken(token.id, BY);
      expect(await store.listTokens()).toEqual([]);
      await expect(store.deleteToken(token.id, BY)).rejects.toMatchObject({ code: 'not_found' });
    });

    test('a token for an unknown project and a second one with the same secret are refused', async () => {
      await expect(store.createToken(sampleToken({ project: 'nope' }))).rejects.toMatchObject({
        code: 'not_found',
      });
      await store.createToken(sampleToken());
      await expect(store.createToken(sampleToken())).rejects.toMatchObject({ code: 'conflict' });
    });
  });
}
