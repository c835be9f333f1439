import { describe, expect, test } from 'vitest';
import { BY, HELLO, makeReady, sampleToken, sampleVersion } from './sample-records.ts';
import type { Store } from './store.ts';

const KEY = { key: 'a'.repeat(64), request: 'b'.repeat(64) };
const ONCE = { ...BY, idempotency: KEY };
const CONFLICT = { code: 'conflict' };

/** Requests that are sent again. */
export function idempotencyContract(store: Store): void {
  describe('creations with a key', () => {
    const deploy = (idempotency = KEY) => store.createVersion(HELLO, { ...sampleVersion(), idempotency });

    test('of several at once with one key one version is made, and all get it', async () => {
      const made = await Promise.all([deploy(), deploy(), deploy()]);
      expect(made.map(({ number }) => number)).toEqual([1, 1, 1]);
      await makeReady(store, made[0]);
      expect(await deploy()).toMatchObject({ number: 1, state: 'ready' });
      expect((await store.getFunction(HELLO)).latest).toBe(1);
    });

    test('a key with another request is refused, and another key makes another version', async () => {
      await deploy();
      await expect(deploy({ ...KEY, request: 'c'.repeat(64) })).rejects.toMatchObject(CONFLICT);
      expect(await deploy({ ...KEY, key: 'c'.repeat(64) })).toMatchObject({ number: 2 });
    });

    test('a repeat after the function was deleted makes nothing', async () => {
      await deploy();
      await store.deleteFunction(HELLO, BY);
      await expect(deploy()).rejects.toMatchObject({ code: 'not_found' });
    });

    test('what failed has used up no key', async () => {
      await store.createProject('shop', BY);
      await expect(store.createProject('shop', ONCE)).rejects.toMatchObject(CONFLICT);
      expect(await store.createProject('zoo', ONCE)).toMatchObject({ name: 'zoo' });
      expect(await store.createProject('zoo', ONCE)).toMatchObject({ name: 'zoo' });
    });

    test('a token is made once, and its secret is not to be had again', async () => {
      await store.createToken({ ...sampleToken(), ...ONCE });
      const again = { ...sampleToken(), hash: 'd'.repeat(64), ...ONCE };
      await expect(store.createToken(again)).rejects.toMatchObject(CONFLICT);
      expect(await store.listTokens()).toHaveLength(1);
    });

    test('a rollback is made once, and a repeat is told the same', async () => {
      for (let i = 0; i < 3; i++) await makeReady(store, await store.createVersion(HELLO, sampleVersion()));
      expect(await store.rollback(HELLO, ONCE)).toEqual({ from: 3, to: 2 });
      expect(await store.rollback(HELLO, ONCE)).toEqual({ from: 3, to: 2 });
      expect(await store.rollback(HELLO, BY)).toEqual({ from: 2, to: 1 });
    });

    test('keys expire', async () => {
      await deploy();
      expect(await store.expireIdempotency({ before: new Date(0), limit: 10 })).toBe(0);
      expect(await store.expireIdempotency({ before: new Date(Date.now() + 1000), limit: 10 })).toBe(1);
      expect(await deploy()).toMatchObject({ number: 2 });
    });
  });
}
