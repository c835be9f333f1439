import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobInfo, BlobStore } from './blob-store.ts';

/** What every BlobStore does. `open` gives an empty one; `leftovers` counts staged content that is still there. */
export function describeBlobStore(
  name: string,
  open: () => Promise<{ store: BlobStore; leftovers: () => Promise<number>; close: () => Promise<void> }>,
): void {
  describe(`BlobStore: ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let store: BlobStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    const digestOf = (content: string) => `sha256:${createHash('sha256').update(content).digest('hex')}`;
    const stage = (content: string, limitBytes = 1000) =>
      store.stage(Readable.from([Buffer.from(content)]), { limitBytes });
    async function put(content: string): Promise<string> {
      const staged = await stage(content);
      await staged.keep();
      return staged.digest;
    }
    async function all(): Promise<BlobInfo[]> {
      const blobs: BlobInfo[] = [];
      for await (const blob of store.list()) blobs.push(blob);
      return blobs;
    }

    it('keeps content under its sha256', async () => {
      const staged = await stage('hello');
      expect(staged).toMatchObject({ digest: digestOf('hello'), bytes: 5 });
      expect(await store.has(staged.digest)).toBe(false);
      expect(await readFile(staged.file, 'utf8')).toBe('hello');
      await staged.keep();
      await staged.discard();
      expect(await store.has(staged.digest)).toBe(true);
      const { content, bytes } = await store.get(staged.digest);
      expect([await text(content), bytes]).toEqual(['hello', 5]);
      expect(await store.withFile(staged.digest, (file) => readFile(file, 'utf8'))).toBe('hello');
      expect(await opened.leftovers()).toBe(0);
    });

    it('keeps the same content once', async () => {
      await put('hello');
      await put('hello');
      expect(await all()).toHaveLength(1);
    });

    it('keeps nothing of what is discarded, too large or broken off', async () => {
      await (await stage('hello')).discard();
      await expect(stage('x'.repeat(11), 10)).rejects.toMatchObject({ code: 'too_large' });
      const broken = Readable.from(
        (async function* () {
          yield Buffer.from('half');
          throw new Error('connection lost');
        })(),
      );
      await expect(store.stage(broken, { limitBytes: 1000 })).rejects.toThrow('connection lost');
      expect(await all()).toEqual([]);
      expect(await opened.leftovers()).toBe(0);
    });

    it('takes exactly as much as the limit', async () => {
      expect((await stage('x'.repeat(10), 10)).bytes).toBe(10);
    });

    it('says not_found for what is not there, and invalid for what is no digest', async () => {
      const digest = digestOf('nothing');
      expect(await store.has(digest)).toBe(false);
      await expect(store.get(digest)).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.withFile(digest, async () => 1)).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.get('sha256:../../etc/passwd')).rejects.toMatchObject({ code: 'invalid' });
    });

    it('deletes only what was stored before a time; storing again counts as new', async () => {
      const digest = await put('hello');
      const [blob] = await all();
      expect(blob).toMatchObject({ digest, bytes: 5 });
      expect(await store.deleteOlder(digest, blob!.storedAtMs)).toBe(false);
      await new Promise((resolve) => setTimeout(resolve, 20));
      await put('hello');
      expect(await store.deleteOlder(digest, blob!.storedAtMs + 10)).toBe(false);
      expect(await store.deleteOlder(digest, Date.now() + 1000)).toBe(true);
      expect(await store.has(digest)).toBe(false);
    });
  });
}
