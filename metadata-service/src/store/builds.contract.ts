import { describe, expect, test } from 'vitest';
import { BY, HELLO, makeReady, sampleVersion } from './sample-records.ts';
import type { Store } from './store.ts';

/** The list of builds of all functions. */
export function buildsContract(store: Store): void {
  const deploy = (project: string, name: string, actor = BY.actor) =>
    store.createVersion({ project, name }, { ...sampleVersion(), actor });
  const list = async (filter: Parameters<Store['listBuilds']>[0] = {}, limit = 100) =>
    (await store.listBuilds(filter, { limit })).items.map((build) => `${build.project}/${build.function}@${build.number}`); // prettier-ignore

  describe('builds', () => {
    test('builds of all functions are listed newest first, whole, and without drafts', async () => {
      await store.createProject('shop', BY);
      const first = await makeReady(store, await deploy('default', 'hello'));
      await deploy('shop', 'cart');
      await deploy('shop', 'plat-draft-0123456789abcdefghi');
      await deploy('default', 'hello');
      expect((await list()).sort()).toEqual(['default/hello@1', 'default/hello@2', 'shop/cart@1']);
      expect((await store.listBuilds({}, { limit: 100 })).items).toContainEqual(first);
      const times = (await store.listBuilds({}, { limit: 100 })).items.map(({ createdAt }) => createdAt);
      expect(times).toEqual(times.toSorted().reverse());
    });

    test('filters all have to hold', async () => {
      await store.createProject('shop', BY);
      await makeReady(store, await deploy('default', 'hello'));
      const { functionId } = await deploy('shop', 'cart', 'Ada');
      await deploy('shop', 'cart_2');
      expect(await list({ project: 'shop' })).toHaveLength(2);
      expect(await list({ project: 'shop', function: 'cart' })).toEqual(['shop/cart@1']);
      expect(await list({ state: 'ready' })).toEqual(['default/hello@1']);
      expect(await list({ state: 'active' })).toHaveLength(2);
      const error = { code: 'invalid', message: 'no such package: left-pad', phase: 'building' } as const;
      await store.transitionVersion(functionId, 1, { from: 'pending', to: 'failed', error, ...BY });
      expect(await list({ state: 'active' })).toEqual(['shop/cart_2@1']);
      expect(await list({ q: 'LEFT-PAD' })).toEqual(['shop/cart@1']);
      expect(await list({ q: 'ada' })).toEqual(['shop/cart@1']);
      expect(await list({ q: 't_' })).toEqual(['shop/cart_2@1']);
      expect(await list({ q: 'ada', project: 'default' })).toEqual([]);
      expect(await list({ since: new Date(Date.now() + 60_000).toISOString() })).toEqual([]);
      expect(await list({ since: new Date(Date.now() - 60_000).toISOString() })).toHaveLength(3);
    });

    test('pages have each build once, also of those made at the same time, and whatever is made meanwhile', async () => {
      await Promise.all(Array.from({ length: 5 }, () => store.createVersion(HELLO, sampleVersion())));
      await Promise.all(Array.from({ length: 4 }, (_, i) => deploy('default', `f${i}`)));
      const seen: string[] = [];
      let before: string | null | undefined;
      do {
        const page = await store.listBuilds({}, { limit: 2, ...(before ? { before } : {}) });
        seen.push(...page.items.map((build) => `${build.function}@${build.number}`));
        before = page.next;
        if (seen.length === 2) await deploy('default', 'later');
      } while (before !== null);
      expect(seen).toHaveLength(9);
      expect(new Set(seen).size).toBe(9);
      await expect(store.listBuilds({}, { before: 'nonsense', limit: 2 })).rejects.toMatchObject({
        code: 'invalid',
      });
    });
  });
}
