import type { ChangesPage } from '@plat/platform-kit/domain.ts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChangePoll } from './change-poll.ts';

const CHANGE = { seq: 2, kind: 'project' as const, key: 'shop', value: null };

/** A feed at number 1 that gets number 2 by `commit`. */
function fakeFeed() {
  const listeners = new Set<() => void>();
  let seq = 1;
  return {
    listeners,
    reads: 0,
    commit() {
      seq = 2;
      for (const listener of listeners) listener();
    },
    onCommit(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async changesSince(since: number): Promise<ChangesPage> {
      this.reads++;
      return { seq, reset: since === 0, changes: since < seq ? [CHANGE] : [] };
    },
  };
}

const never = new AbortController().signal;
const EMPTY = { seq: 1, reset: false, changes: [] };

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

test('next() answers at once when there is something newer, or all is asked for', async () => {
  const feed = fakeFeed();
  const poll = new ChangePoll(feed);
  expect(await poll.next({ since: 0, waitMs: 30_000 }, never)).toMatchObject({ reset: true });
  feed.commit();
  expect(await poll.next({ since: 1, waitMs: 30_000 }, never)).toMatchObject({ changes: [CHANGE] });
});

test('next() answers an empty page at once when nobody wants to wait', async () => {
  expect(await new ChangePoll(fakeFeed()).next({ since: 1, waitMs: 0 }, never)).toEqual(EMPTY);
});

test('a commit wakes every follower that waits', async () => {
  const feed = fakeFeed();
  const poll = new ChangePoll(feed);
  const pages = [1, 2, 3].map(() => poll.next({ since: 1, waitMs: 30_000 }, never));
  await vi.waitFor(() => expect(poll.waiting).toBe(3));
  feed.commit();
  for (const page of await Promise.all(pages)) expect(page.changes).toEqual([CHANGE]);
  expect(poll.waiting).toBe(0);
});

test('a commit between the read and the wait is not missed', async () => {
  const feed = fakeFeed();
  const poll = new ChangePoll(feed);
  const read = feed.changesSince.bind(feed);
  feed.changesSince = async (since) => {
    const page = await read(since);
    if (feed.reads === 1) feed.commit();
    return page;
  };
  expect(await poll.next({ since: 1, waitMs: 30_000 }, never)).toMatchObject({ changes: [CHANGE] });
});

test('a follower that leaves is dropped', async () => {
  const poll = new ChangePoll(fakeFeed());
  const leave = new AbortController();
  const page = poll.next({ since: 1, waitMs: 30_000 }, leave.signal);
  await vi.waitFor(() => expect(poll.waiting).toBe(1));
  leave.abort();
  await page;
  expect(poll.waiting).toBe(0);
});

test('close() answers everyone, lets go of the store, and nobody waits after it', async () => {
  const feed = fakeFeed();
  const poll = new ChangePoll(feed);
  const page = poll.next({ since: 1, waitMs: 30_000 }, never);
  await vi.waitFor(() => expect(poll.waiting).toBe(1));
  poll.close();
  expect(await page).toEqual(EMPTY);
  expect(feed.listeners.size).toBe(0);
  expect(await poll.next({ since: 1, waitMs: 30_000 }, never)).toEqual(EMPTY);
});
