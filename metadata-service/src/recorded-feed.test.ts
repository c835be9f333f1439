import type { Execution } from '@plat/platform-kit/domain.ts';
import { expect, test } from 'vitest';
import { RecordedFeed } from './recorded-feed.ts';

const calls = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: `e${from + i}` }) as Execution);
const never = new AbortController().signal;

test('a reader gets what came since, once, and a wait ends with the next call', async () => {
  const feed = new RecordedFeed();
  feed.add(calls(1, 2));
  const start = await feed.after({ since: -1, waitMs: 0 }, never);
  expect(start).toEqual({ seq: 2, items: [], skipped: 0 });
  const waiting = feed.after({ since: start.seq, waitMs: 60_000 }, never);
  feed.add(calls(3, 1));
  expect(await waiting).toEqual({ seq: 3, items: calls(3, 1), skipped: 0 });
});

test('of many it gives the newest and says how many it skipped; it keeps no more than it needs', async () => {
  const feed = new RecordedFeed();
  for (let i = 0; i < 5; i++) feed.add(calls(i * 500, 500));
  const page = await feed.after({ since: 0, waitMs: 0 }, never);
  expect(page).toMatchObject({ seq: 2500, skipped: 2300 });
  expect(page.items.at(-1)).toEqual({ id: 'e2499' });
});

test('who asks with a number of another process, or leaves, is answered at once', async () => {
  const feed = new RecordedFeed();
  expect(await feed.after({ since: 77, waitMs: 60_000 }, never)).toEqual({ seq: 0, items: [], skipped: 0 });
  const left = new AbortController();
  const waiting = feed.after({ since: 0, waitMs: 60_000 }, left.signal);
  left.abort();
  expect(await waiting).toEqual({ seq: 0, items: [], skipped: 0 });
});
