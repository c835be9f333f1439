import { describe, expect, test } from 'vitest';
import { WakeBook } from './wake-book.ts';

const never = new AbortController().signal;

describe('WakeBook', () => {
  test('fifty callers share one answer', async () => {
    const book = new WakeBook();
    const waits = Array.from({ length: 50 }, () => book.wait('f1/1', 60_000, never));
    book.settle('f1/1', { outcome: 'ready' });
    expect(new Set((await Promise.all(waits)).map((one) => one.outcome))).toEqual(new Set(['ready']));
    expect(book.has('f1/1')).toBe(false);
  });

  test('who waits too long or leaves gets a timeout, and the others go on waiting', async () => {
    const book = new WakeBook();
    const patient = book.wait('f1/1', 60_000, never);
    const left = new AbortController();
    const leaver = book.wait('f1/1', 60_000, left.signal);
    expect(await book.wait('f1/1', 5, never)).toEqual({ outcome: 'timeout' });
    left.abort();
    expect(await leaver).toEqual({ outcome: 'timeout' });
    expect(book.has('f1/1')).toBe(true);
    book.settle('f1/1', { outcome: 'failed', reason: 'x' });
    expect(await patient).toEqual({ outcome: 'failed', reason: 'x' });
  });

  test('answers only those who wait for that version, or for any of that function', async () => {
    const book = new WakeBook();
    const one = book.wait('f1/1', 60_000, never);
    const two = book.wait('f1/2', 60_000, never);
    const other = book.wait('f2/1', 60_000, never);
    book.settle('f1/1', { outcome: 'ready' });
    book.settleAll('f1/', { outcome: 'failed', reason: 'stopped' });
    expect([await one, await two].map((answer) => answer.outcome)).toEqual(['ready', 'failed']);
    expect(book.has('f2/1')).toBe(true);
    book.settle('f2/1', { outcome: 'ready' });
    await other;
  });
});
