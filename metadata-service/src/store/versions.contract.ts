import type { FunctionRecord, VersionError } from '@plat/platform-kit/domain.ts';
import { SCALE_DEFAULTS } from '@plat/platform-kit/scale-policy.ts';
import { describe, expect, test } from 'vitest';
import { BY, HELLO, digest, makeReady, sampleVersion } from './sample-records.ts';
import type { Store } from './store.ts';

/** The numbers and states of versions. */
export function versionsContract(store: Store): void {
  const deploy = async () => makeReady(store, await store.createVersion(HELLO, sampleVersion()));
  const live = (fn: FunctionRecord) => fn.aliases.find((alias) => alias.name === 'live')?.weights;

  describe('versions', () => {
    test('the first version makes the function; what was written is read back whole', async () => {
      const version = await store.createVersion(HELLO, sampleVersion());
      expect(version).toMatchObject({ ...sampleVersionFields(), number: 1, state: 'pending', error: null });
      expect(await store.getVersion(HELLO, 1)).toEqual(version);
      const fn = await store.getFunction(HELLO);
      expect(fn).toMatchObject({ ...HELLO, state: 'active', latest: 1, aliases: [] });
      expect(fn.versions).toEqual([version]);
    });

    test('a version from before there were rungs is read with their defaults', async () => {
      const sample = sampleVersion();
      const { keepBodies: _none, ...config } = sample.config;
      const old = { ...config, scale: { min: 1, idleMs: 5000 } } as unknown as typeof sample.config;
      await store.createVersion(HELLO, { ...sample, config: old });
      const scale = { ...SCALE_DEFAULTS, min: 1, idleMs: 5000 };
      expect((await store.getFunction(HELLO)).versions[0]!.config).toMatchObject({
        scale,
        keepBodies: 'off',
      });
    });

    test('a version in an unknown project is refused with the way to make the project', async () => {
      const attempt = store.createVersion({ project: 'nope', name: 'hello' }, sampleVersion());
      await expect(attempt).rejects.toMatchObject({
        code: 'not_found',
        message: expect.stringMatching(/no project "nope".*plat projects create nope/),
      });
    });

    test('a function whose host another one has is refused, and the error says which one', async () => {
      await store.createProject('a', BY);
      await store.createProject('a-b', BY);
      await store.createVersion({ project: 'a', name: 'b-c' }, sampleVersion());
      const attempt = store.createVersion({ project: 'a-b', name: 'c' }, sampleVersion());
      await expect(attempt).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(/"a-b-c".*"b-c" of project "a"/),
      });
      expect(await store.listFunctions({ project: 'a-b' })).toEqual([]);
    });

    test('20 versions made at once get the numbers 1 to 20', async () => {
      const versions = await Promise.all(
        Array.from({ length: 20 }, () => store.createVersion(HELLO, sampleVersion())),
      );
      expect(versions.map((version) => version.number).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 20 }, (_, i) => i + 1),
      );
      expect(new Set(versions.map((version) => version.functionId)).size).toBe(1);
      expect((await store.getFunction(HELLO)).latest).toBe(20);
    });

    test('a life up to ready sets the times, keeps the image, and points "live" at the version', async () => {
      const ready = await deploy();
      expect(ready).toMatchObject({
        state: 'ready',
        imageId: digest('b'),
        imageRef: `localhost:5000/plat/f1@${digest('c')}`,
        imageReused: false,
        error: null,
      });
      for (const time of [ready.buildStartedAt, ready.builtAt, ready.finishedAt]) {
        expect(new Date(time!).toISOString()).toBe(time);
      }
      const fn = await store.getFunction(HELLO);
      expect(live(fn)).toEqual([{ version: 1, weight: 100 }]);
      expect(fn.versions).toEqual([ready]);
    });

    test('a version that failed keeps why, and "live" stays where it was', async () => {
      const error: VersionError = {
        code: 'internal',
        message: 'npm failed',
        phase: 'building',
        logTail: ['oops'],
      };
      await deploy();
      const { functionId } = await store.createVersion(HELLO, sampleVersion());
      const failed = await store.transitionVersion(functionId, 2, {
        from: 'pending',
        to: 'failed',
        error,
        ...BY,
      });
      expect(failed).toMatchObject({ state: 'failed', error });
      expect(failed.finishedAt).not.toBeNull();
      const fn = await store.getFunction(HELLO);
      expect(live(fn)).toEqual([{ version: 1, weight: 100 }]);
      expect(fn.versions.map((version) => version.number)).toEqual([1]);
    });

    test('a build that goes back to pending has not begun', async () => {
      const { functionId } = await store.createVersion(HELLO, sampleVersion());
      await store.transitionVersion(functionId, 1, { from: 'pending', to: 'building', ...BY });
      const back = await store.transitionVersion(functionId, 1, {
        from: 'building',
        to: 'pending',
        ...BY,
      });
      expect(back).toMatchObject({ state: 'pending', buildStartedAt: null });
    });

    test('of transitions at once exactly one wins; the others learn the present state', async () => {
      const { functionId } = await store.createVersion(HELLO, sampleVersion());
      const results = await Promise.allSettled(
        Array.from({ length: 10 }, (_, i) =>
          store.transitionVersion(functionId, 1, {
            from: 'pending',
            to: i % 2 ? 'building' : 'cancelled',
            ...BY,
          }),
        ),
      );
      const won = results.filter((result) => result.status === 'fulfilled');
      expect(won).toHaveLength(1);
      for (const result of results.filter((it) => it.status === 'rejected')) {
        expect(result.reason).toMatchObject({
          code: 'conflict',
          details: { state: won[0]!.value.state },
        });
      }
    });

    test('a move that the table of states does not have is a conflict', async () => {
      const { functionId } = await deploy();
      const move = store.transitionVersion(functionId, 1, { from: 'ready', to: 'pending', ...BY });
      await expect(move).rejects.toMatchObject({ code: 'conflict' });
    });

    test('the image of a ready version can be replaced while it is the one named, and followers learn it', async () => {
      const { functionId } = await deploy();
      const { seq } = await store.changesSince(0);
      const replacement = { from: digest('b'), imageId: digest('d'), ...BY };
      const version = await store.replaceImage(functionId, 1, replacement);
      expect(version).toMatchObject({ state: 'ready', imageId: digest('d') });
      expect((await store.changesSince(seq)).changes).toMatchObject([{ value: { versions: [version] } }]);
      await expect(store.replaceImage(functionId, 1, replacement)).rejects.toMatchObject({
        code: 'conflict',
        details: { imageId: digest('d') },
      });
      await expect(store.replaceImage(functionId, 2, replacement)).rejects.toMatchObject({
        code: 'not_found',
      });
    });

    test('a version of a deleted function cannot be moved any more', async () => {
      const { functionId } = await store.createVersion(HELLO, sampleVersion());
      await store.deleteFunction(HELLO, BY);
      const move = store.transitionVersion(functionId, 1, { from: 'pending', to: 'building', ...BY });
      await expect(move).rejects.toMatchObject({ code: 'not_found' });
    });

    test('pages of versions go from the newest to the oldest and meet without a gap', async () => {
      for (let i = 0; i < 5; i++) await store.createVersion(HELLO, sampleVersion());
      const numbers: number[] = [];
      let before: number | undefined;
      do {
        const page = await store.listVersions(HELLO, { before, limit: 2 });
        numbers.push(...page.items.map((version) => version.number));
        before = page.next === null ? undefined : Number(page.next);
      } while (before !== undefined);
      expect(numbers).toEqual([5, 4, 3, 2, 1]);
    });

    test('an image is released once nothing names the version, and the version can then not be named any more', async () => {
      const { functionId } = await deploy();
      const release = (number: number, imageId = digest('b')) =>
        store.releaseImage(functionId, number, { imageId, ...BY });
      await expect(release(1)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('alias "live" names it'),
      });
      await deploy();
      await expect(release(1, digest('c'))).rejects.toMatchObject({ code: 'conflict' });
      const { seq } = await store.changesSince(0);
      const updatedAt = (await store.getFunction(HELLO)).updatedAt;
      expect(await release(1)).toMatchObject({ number: 1, state: 'ready', imageId: null });
      expect((await store.changesSince(seq)).changes).toHaveLength(1);
      expect((await store.getFunction(HELLO)).updatedAt).toBe(updatedAt);
      await expect(release(1)).rejects.toMatchObject({ code: 'conflict' });
      const promote = store.setAlias(HELLO, 'live', { weights: [{ version: 1, weight: 100 }] }, BY);
      await expect(promote).rejects.toMatchObject({
        code: 'conflict',
        details: { reason: 'image_removed', version: 1 },
        message: expect.stringContaining('plat source hello 1'),
      });
      await expect(release(9)).rejects.toMatchObject({ code: 'not_found' });
    });

    test('the image of a version that is being deployed is not released', async () => {
      const { functionId } = await store.createVersion(HELLO, sampleVersion());
      await store.transitionVersion(functionId, 1, { from: 'pending', to: 'building', ...BY });
      const imageId = digest('b');
      await store.transitionVersion(functionId, 1, { from: 'building', to: 'starting', imageId, ...BY });
      await expect(store.releaseImage(functionId, 1, { imageId, ...BY })).rejects.toMatchObject({
        code: 'conflict',
        details: { state: 'starting' },
      });
    });

    test('what does not exist is not_found', async () => {
      await expect(store.getFunction(HELLO)).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.listVersions(HELLO, { limit: 5 })).rejects.toMatchObject({ code: 'not_found' });
      await store.createVersion(HELLO, sampleVersion());
      await expect(store.getVersion(HELLO, 99)).rejects.toMatchObject({
        code: 'not_found',
        message: expect.stringMatching(/no version 99; its latest is 1/),
      });
    });
  });
}

function sampleVersionFields() {
  const { actor, ...fields } = sampleVersion();
  return { ...fields, createdBy: actor };
}
