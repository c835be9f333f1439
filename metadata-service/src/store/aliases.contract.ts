import type { FunctionRecord } from '@plat/platform-kit/domain.ts';
import { describe, expect, test } from 'vitest';
import { BY, HELLO, makeReady, sampleVersion } from './sample-records.ts';
import type { Store } from './store.ts';

/** Aliases, by hand and by promotion. */
export function aliasesContract(store: Store): void {
  const deploy = async () => makeReady(store, await store.createVersion(HELLO, sampleVersion()));
  const live = (fn: FunctionRecord) => fn.aliases.find((alias) => alias.name === 'live')?.weights;

  describe('promotion', () => {
    test('of two deploys at once the later number ends up live, whichever is ready first', async () => {
      const first = await store.createVersion(HELLO, sampleVersion());
      const second = await store.createVersion(HELLO, sampleVersion());
      await makeReady(store, second);
      await makeReady(store, first);
      const fn = await store.getFunction(HELLO);
      expect(live(fn)).toEqual([{ version: 2, weight: 100 }]);
      expect((await store.getVersion(HELLO, 1)).state).toBe('ready');
    });

    test('a version with promote: false leaves "live" alone', async () => {
      await deploy();
      const quiet = await store.createVersion(HELLO, sampleVersion({ promote: false }));
      await makeReady(store, quiet);
      expect(live(await store.getFunction(HELLO))).toEqual([{ version: 1, weight: 100 }]);
    });

    test('"live" does not exist before a version was promoted', async () => {
      const quiet = await store.createVersion(HELLO, sampleVersion({ promote: false }));
      await makeReady(store, quiet);
      expect((await store.getFunction(HELLO)).aliases).toEqual([]);
    });

    test('a rollback by hand holds until the next deploy is ready', async () => {
      await deploy();
      await deploy();
      await store.setAlias(HELLO, 'live', { weights: [{ version: 1, weight: 100 }] }, BY);
      expect(live(await store.getFunction(HELLO))).toEqual([{ version: 1, weight: 100 }]);
      await deploy();
      expect(live(await store.getFunction(HELLO))).toEqual([{ version: 3, weight: 100 }]);
    });

    test('an alias that was set by hand to a later number does not stop an earlier deploy', async () => {
      const slow = await store.createVersion(HELLO, sampleVersion());
      const quiet = await store.createVersion(HELLO, sampleVersion({ promote: false }));
      await makeReady(store, quiet);
      await store.setAlias(HELLO, 'live', { weights: [{ version: 2, weight: 100 }] }, BY);
      await makeReady(store, slow);
      expect(live(await store.getFunction(HELLO))).toEqual([{ version: 1, weight: 100 }]);
    });
  });

  describe('aliases', () => {
    test('an alias splits over versions, in the order given, and the record has those versions', async () => {
      await deploy();
      await deploy();
      await deploy();
      const weights = [
        { version: 1, weight: 90 },
        { version: 2, weight: 10 },
      ];
      const fn = await store.setAlias(HELLO, 'canary', { weights }, BY);
      expect(fn.aliases.map((alias) => alias.name)).toEqual(['canary', 'live']);
      expect(fn.aliases[0]!.weights).toEqual(weights);
      expect(fn.versions.map((version) => version.number)).toEqual([3, 2, 1]);
    });

    test('an alias that is set again forgets what it named', async () => {
      await deploy();
      await deploy();
      await store.setAlias(HELLO, 'canary', { weights: [{ version: 1, weight: 100 }] }, BY);
      const fn = await store.setAlias(HELLO, 'canary', { weights: [{ version: 2, weight: 100 }] }, BY);
      expect(fn.aliases[0]!.weights).toEqual([{ version: 2, weight: 100 }]);
      expect(fn.versions.map((version) => version.number)).toEqual([2]);
    });

    test('versions that are not ready are refused by number, and nothing changes', async () => {
      await deploy();
      await store.createVersion(HELLO, sampleVersion());
      const weights = [1, 2, 3].map((version) => ({ version, weight: version === 1 ? 100 : 0 }));
      await expect(store.setAlias(HELLO, 'canary', { weights }, BY)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(/version 2 is pending, there is no version 3/),
      });
      expect((await store.getFunction(HELLO)).aliases).toHaveLength(1);
    });

    test('an alias can be deleted, "live" cannot', async () => {
      await deploy();
      await store.setAlias(HELLO, 'canary', { weights: [{ version: 1, weight: 100 }] }, BY);
      const fn = await store.deleteAlias(HELLO, 'canary', BY);
      expect(fn.aliases.map((alias) => alias.name)).toEqual(['live']);
      await expect(store.deleteAlias(HELLO, 'canary', BY)).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.deleteAlias(HELLO, 'live', BY)).rejects.toMatchObject({ code: 'conflict' });
    });
  });
}
