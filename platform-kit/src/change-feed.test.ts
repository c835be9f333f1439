import { expect, test } from 'vitest';
import { ChangeFollower } from './change-feed.ts';
import type { Change, ChangesPage, Project } from './domain.ts';
import { PlatformError } from './errors.ts';
import { silentLogger } from './logging.ts';
import { poll } from './waiting.ts';

/** A metadata service that holds projects only. */
class FakeFeed {
  seq = 0;
  away = false;
  calls = 0;
  readonly #changes: Change[] = [];
  readonly #state = new Map<string, Project>();
  #oldest = 0;
  #wake: (() => void)[] = [];

  put(name: string): void {
    this.#add(name, { name, createdAt: new Date(0).toISOString() });
  }
  remove(name: string): void {
    this.#add(name, null);
  }
  forgetHistory(): void {
    this.#oldest = this.seq;
  }
  changes = async (
    { since, waitMs }: { since: number; waitMs: number },
    signal?: AbortSignal,
  ): Promise<ChangesPage> => {
    this.calls++;
    if (this.away) throw new PlatformError('unreachable', 'away');
    if (since === 0 || since < this.#oldest) {
      const changes = [...this.#state].map(([key, value]): Change => ({
        seq: this.seq,
        kind: 'project',
        key,
        value,
      }));
      return { seq: this.seq, reset: true, changes };
    }
    const changes = this.#changes.filter((change) => change.seq > since);
    if (changes.length > 0 || waitMs === 0) return { seq: this.seq, reset: false, changes };
    await new Promise<void>((resolve, reject) => {
      this.#wake.push(resolve);
      signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    });
    return this.changes({ since, waitMs: 0 }, signal);
  };
  breakOff(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
  #add(key: string, value: Project | null): void {
    this.#changes.push({ seq: ++this.seq, kind: 'project', key, value });
    if (value) this.#state.set(key, value);
    else this.#state.delete(key);
    this.breakOff();
  }
}

async function open() {
  const feed = new FakeFeed();
  feed.put('first');
  const seen: string[] = [];
  const follower = new ChangeFollower({
    metadata: feed,
    logger: silentLogger(),
    listener: {
      onReset: (replica) => seen.push(`reset:${[...replica.projects.keys()].join(',')}`),
      onChange: (change) => seen.push(`${change.seq}:${change.value ? '+' : '-'}${change.key}`),
    },
  });
  return { feed, follower, seen };
}

test('the follower reads the whole state first, then each change in order', async () => {
  const { feed, follower, seen } = await open();
  expect(follower.synced).toBe(false);
  follower.start();
  follower.start();
  expect(await follower.caughtUp(1, 5000)).toBe(true);
  expect(follower.synced).toBe(true);
  feed.put('second');
  feed.remove('first');
  expect(await follower.caughtUp(3, 5000)).toBe(true);
  expect(seen).toEqual(['reset:first', '2:+second', '3:-first']);
  expect([...follower.replica.projects.keys()]).toEqual(['second']);
  await follower.close();
});

test('a follower that is too far behind reads everything anew, and what is gone is gone', async () => {
  const { feed, follower, seen } = await open();
  follower.start();
  await follower.caughtUp(1, 5000);
  feed.away = true;
  feed.remove('first');
  feed.put('other');
  feed.forgetHistory();
  feed.away = false;
  expect(await follower.caughtUp(3, 5000)).toBe(true);
  expect(seen.at(-1)).toBe('reset:other');
  expect([...follower.replica.projects.keys()]).toEqual(['other']);
  await follower.close();
});

test('while the service is away the replica stays, and it goes on where it was', async () => {
  const { feed, follower, seen } = await open();
  follower.start();
  await follower.caughtUp(1, 5000);
  feed.away = true;
  feed.breakOff();
  await poll(async () => (feed.calls > 4 ? true : undefined), { intervalMs: 5, timeoutMs: 5000 });
  expect(follower.synced).toBe(true);
  expect([...follower.replica.projects.keys()]).toEqual(['first']);
  expect(await follower.caughtUp(2, 20)).toBe(false);
  feed.away = false;
  feed.put('second');
  expect(await follower.caughtUp(2, 5000)).toBe(true);
  expect(seen).toEqual(['reset:first', '2:+second']);
  await follower.close();
});

test('caughtUp() waits for a change that is still to come, and ends with the follower', async () => {
  const { feed, follower } = await open();
  follower.start();
  const waiting = follower.caughtUp(2, 5000);
  feed.put('second');
  expect(await waiting).toBe(true);
  const never = follower.caughtUp(99, 60_000);
  await follower.close();
  expect(await never).toBe(false);
});

test('a listener that throws does not lose a change', async () => {
  const feed = new FakeFeed();
  feed.put('first');
  let failures = 0;
  const follower = new ChangeFollower({
    metadata: feed,
    logger: silentLogger(),
    listener: {
      onChange: () => {
        if (failures++ === 0) throw new Error('bug');
      },
    },
  });
  follower.start();
  await follower.caughtUp(1, 5000);
  feed.put('second');
  expect(await follower.caughtUp(2, 5000)).toBe(true);
  expect(failures).toBe(2);
  await follower.close();
});
