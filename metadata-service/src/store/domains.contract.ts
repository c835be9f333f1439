import { beforeEach, describe, expect, test } from 'vitest';
import { BY, HELLO, sampleVersion } from './sample-records.ts';
import type { Store } from './store.ts';

const OTHER = { project: 'default', name: 'other' };
const SHOP = { project: 'shop', name: 'cart' };

/** Custom domains: unique over the platform, on the function's record, gone with the function. */
export function domainsContract(store: Store): void {
  describe('domains', () => {
    beforeEach(async () => {
      await store.createProject('shop', BY);
      for (const key of [HELLO, OTHER, SHOP]) await store.createVersion(key, sampleVersion());
    });

    test('a domain stands on the function, in the list, in the feed and in the audit log', async () => {
      const { seq } = await store.changesSince(0);
      await store.addDomain(HELLO, 'www.example.org', BY);
      const added = await store.addDomain(HELLO, 'a.example.org', BY);
      expect(added).toMatchObject({ domain: 'a.example.org', createdBy: BY.actor });
      const fn = await store.getFunction(HELLO);
      expect(fn.domains).toEqual(['a.example.org', 'www.example.org']);
      expect((await store.listDomains(HELLO)).map(({ domain }) => domain)).toEqual(fn.domains);
      expect((await store.getFunction(OTHER)).domains).toEqual([]);
      const page = await store.changesSince(seq);
      expect(page.changes).toMatchObject([{ kind: 'function', key: fn.id, value: { domains: fn.domains } }]);
      const { items } = await store.listAudit({ object: 'default/hello' }, { limit: 1 });
      expect(items).toMatchObject([{ action: 'domain.add', detail: { domain: 'a.example.org' } }]);
    });

    test('a domain belongs to one function, and only its own project is told which', async () => {
      await store.addDomain(HELLO, 'example.org', BY);
      await expect(store.addDomain(HELLO, 'example.org', BY)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(/default\/hello.*already/),
      });
      await expect(store.addDomain(OTHER, 'example.org', BY)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(/"hello" of this project/),
      });
      const refusal = await store.addDomain(SHOP, 'example.org', BY).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'conflict' });
      expect(JSON.stringify(refusal) + String(refusal)).not.toMatch(/hello|default/);
      expect((await store.getFunction(SHOP)).domains).toEqual([]);
    });

    test('of two functions that take a domain at once exactly one gets it', async () => {
      const outcomes = await Promise.allSettled(
        [HELLO, OTHER, SHOP].map((key) => store.addDomain(key, 'example.org', BY)),
      );
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    });

    test('a domain that was removed, or whose function was deleted, can be taken by another', async () => {
      await store.addDomain(HELLO, 'a.example.org', BY);
      await store.addDomain(HELLO, 'b.example.org', BY);
      await store.deleteDomain(HELLO, 'a.example.org', BY);
      expect((await store.getFunction(HELLO)).domains).toEqual(['b.example.org']);
      await store.addDomain(SHOP, 'a.example.org', BY);
      await store.deleteFunction(HELLO, BY);
      await store.addDomain(SHOP, 'b.example.org', BY);
      expect((await store.getFunction(SHOP)).domains).toEqual(['a.example.org', 'b.example.org']);
    });

    test('a redeploy keeps the domains', async () => {
      await store.addDomain(HELLO, 'example.org', BY);
      await store.createVersion(HELLO, sampleVersion());
      expect((await store.getFunction(HELLO)).domains).toEqual(['example.org']);
    });

    test('what does not exist is not found, and another function’s domain cannot be removed', async () => {
      const nobody = { project: 'default', name: 'nobody' };
      await expect(store.addDomain(nobody, 'example.org', BY)).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.listDomains(nobody)).rejects.toMatchObject({ code: 'not_found' });
      await store.addDomain(HELLO, 'example.org', BY);
      await expect(store.deleteDomain(SHOP, 'example.org', BY)).rejects.toMatchObject({ code: 'not_found' });
      expect((await store.getFunction(HELLO)).domains).toEqual(['example.org']);
    });

    test('a function has at most 100 domains', async () => {
      for (let i = 0; i < 100; i++) await store.addDomain(HELLO, `d${i}.example.org`, BY);
      await expect(store.addDomain(HELLO, 'one-more.example.org', BY)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(/100/),
      });
      expect((await store.getFunction(HELLO)).domains).toHaveLength(100);
    });
  });
}
