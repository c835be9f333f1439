import { stateTag } from '@plat/platform-kit/state-tag.ts';
import { describe, expect, test } from 'vitest';
import { BY, HELLO, deployReady } from './sample-records.ts';
import type { Store } from './store.ts';

/** Promotions and rollbacks. */
export function liveMovesContract(store: Store): void {
  const live = async () => {
    const { aliases } = await store.getFunction(HELLO);
    return aliases.find(({ name }) => name === 'live')?.weights;
  };
  const whole = (version: number) => [{ version, weight: 100 }];
  const rollback = (version?: number) =>
    store.rollback(HELLO, { ...BY, ...(version === undefined ? {} : { version }) });

  describe('rollbacks', () => {
    test('go to what was live before, and sent again further back, never to what was left', async () => {
      await deployReady(store, 4);
      await store.promote(HELLO, { ...BY, version: 2 });
      expect(await rollback()).toEqual({ from: 2, to: 4 });
      expect(await rollback()).toEqual({ from: 4, to: 3 });
      expect(await live()).toEqual(whole(3));
    });

    test('restore a split, and name the version that is left', async () => {
      await deployReady(store, 2);
      const weights = [
        { version: 1, weight: 90 },
        { version: 2, weight: 10 },
      ];
      await store.setAlias(HELLO, 'live', { weights }, BY);
      await store.promote(HELLO, { ...BY, version: 1 });
      expect(await rollback()).toEqual({ from: 1, to: 1 });
      expect(await live()).toEqual(weights);
      expect(await rollback()).toEqual({ from: 1, to: 2 });
    });

    test('pass over what has lost its image, and go by number where nothing is known', async () => {
      await deployReady(store, 3);
      await store.promote(HELLO, { ...BY, version: 1 });
      const { functionId, imageId } = await store.getVersion(HELLO, 3);
      await store.releaseImage(functionId, 3, { imageId: imageId!, ...BY });
      expect(await rollback()).toEqual({ from: 1, to: 2 });
    });

    test('to a version by its number take back what came after it', async () => {
      await deployReady(store, 4);
      expect(await rollback(2)).toEqual({ from: 4, to: 2 });
      expect(await rollback()).toEqual({ from: 2, to: 1 });
      await expect(rollback()).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(/no ready version before version 1/),
      });
    });

    test('are foretold, with the same refusals, and nothing is moved by that', async () => {
      await deployReady(store, 2);
      const weights = [
        { version: 1, weight: 90 },
        { version: 2, weight: 10 },
      ];
      await store.setAlias(HELLO, 'live', { weights }, BY);
      await store.promote(HELLO, { ...BY, version: 2 });
      const { seq } = await store.changesSince(0);
      const foretold = await store.previewRollback(HELLO);
      expect(foretold.weights).toEqual(weights);
      expect((await store.changesSince(seq)).changes).toEqual([]);
      expect(await rollback()).toEqual({ from: foretold.from, to: foretold.to });
      expect(await live()).toEqual(weights);
      expect(await store.previewRollback(HELLO, 1)).toEqual({ from: 2, to: 1, weights: whole(1) });
      await expect(store.previewRollback(HELLO, 7)).rejects.toMatchObject({ code: 'conflict' });
      await expect(store.previewRollback({ ...HELLO, name: 'none' })).rejects.toMatchObject({
        code: 'not_found',
      });
    });

    test('are refused while nothing is live, for the version that is live, and for one that is not ready', async () => {
      await deployReady(store, 1, { promote: false });
      await expect(rollback()).rejects.toMatchObject({ message: expect.stringMatching(/no live version/) });
      await store.promote(HELLO, BY);
      await expect(rollback(1)).rejects.toMatchObject({ message: expect.stringMatching(/live already/) });
      await expect(rollback(7)).rejects.toMatchObject({ message: expect.stringMatching(/no version 7/) });
    });
  });

  describe('promotions', () => {
    test('go to the newest version that is ready, or to the one that is named', async () => {
      await deployReady(store, 1);
      await deployReady(store, 2, { promote: false });
      expect(await store.promote(HELLO, BY)).toEqual({ from: 1, to: 3 });
      expect(await store.promote(HELLO, { ...BY, version: 2 })).toEqual({ from: 3, to: 2 });
      await expect(store.promote(HELLO, { ...BY, version: 2 })).rejects.toMatchObject({ code: 'conflict' });
    });

    test('make the first version live', async () => {
      await deployReady(store, 1, { promote: false });
      expect(await store.promote(HELLO, BY)).toEqual({ from: null, to: 1 });
    });

    test('are guarded by the state of alias "live"', async () => {
      await deployReady(store, 2);
      const { aliases } = await store.getFunction(HELLO);
      const guard = { ...BY, ifMatch: stateTag(aliases[0]!) };
      await store.promote(HELLO, { ...guard, version: 1 });
      await expect(store.promote(HELLO, { ...guard, version: 2 })).rejects.toMatchObject({
        code: 'precondition_failed',
      });
    });
  });

  test('what tells callers apart stays with the alias until it is taken off', async () => {
    await deployReady(store, 2);
    const sticky = async () => (await store.getFunction(HELLO)).aliases[0]!.sticky;
    await store.setAlias(HELLO, 'live', { weights: whole(2), sticky: { header: 'x-user' } }, BY);
    await rollback();
    expect(await sticky()).toEqual({ header: 'x-user' });
    await store.setAlias(HELLO, 'live', { weights: whole(1), sticky: null }, BY);
    expect(await sticky()).toBeUndefined();
  });
}
