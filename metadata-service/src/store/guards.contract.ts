import { stateTag } from '@plat/platform-kit/state-tag.ts';
import { describe, expect, test } from 'vitest';
import { BY, HELLO, makeReady, sampleVersion } from './sample-records.ts';
import type { Store } from './store.ts';

const CHANGED = { code: 'precondition_failed' };

/** Changes that are made only while the object is as it was read. */
export function guardsContract(store: Store): void {
  const deploy = async () => makeReady(store, await store.createVersion(HELLO, sampleVersion()));
  const present = async () => ({ ...BY, ifMatch: stateTag(await store.getFunction(HELLO)) });

  describe('guarded changes', () => {
    test('a function changes while it is as it was read, and not after', async () => {
      await deploy();
      const guard = await present();
      expect(await store.setFunctionState(HELLO, 'stopped', guard)).toMatchObject({ state: 'stopped' });
      await expect(store.setFunctionState(HELLO, 'active', guard)).rejects.toMatchObject(CHANGED);
      await expect(store.deleteFunction(HELLO, guard)).rejects.toMatchObject(CHANGED);
      expect(await store.getFunction(HELLO)).toMatchObject({ state: 'stopped' });
      await store.deleteFunction(HELLO, { ...BY, ifMatch: `old,${(await present()).ifMatch}` });
      await expect(store.setFunctionState(HELLO, 'active', guard)).rejects.toMatchObject({
        code: 'not_found',
      });
    });

    test('of several changes guarded by the same state one is made', async () => {
      await deploy();
      const guard = await present();
      const results = await Promise.allSettled(
        [1, 2, 3].map(() => store.setFunctionState(HELLO, 'stopped', guard)),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    test('an alias is guarded by its own state, not by that of its function', async () => {
      await deploy();
      const { aliases } = await store.getFunction(HELLO);
      await deploy();
      const weights = [{ version: 1, weight: 100 }];
      const old = { ...BY, ifMatch: stateTag(aliases[0]!) };
      await expect(store.setAlias(HELLO, 'live', { weights }, old)).rejects.toMatchObject(CHANGED);
      const canary = await store.setAlias(HELLO, 'canary', { weights }, BY);
      await store.setFunctionState(HELLO, 'stopped', BY);
      const alias = canary.aliases.find(({ name }) => name === 'canary')!;
      await store.deleteAlias(HELLO, 'canary', { ...BY, ifMatch: stateTag(alias) });
    });

    test('"*" wants that there is something', async () => {
      await deploy();
      const weights = [{ version: 1, weight: 100 }];
      const any = { ...BY, ifMatch: '*' };
      await expect(store.setAlias(HELLO, 'canary', { weights }, any)).rejects.toMatchObject(CHANGED);
      await store.setAlias(HELLO, 'live', { weights }, any);
    });
  });
}
