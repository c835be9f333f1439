import { describe, expect, test } from 'vitest';
import { noteOutcomes } from './note-outcomes.ts';
import type { ObservedInstance } from './plan-steps.ts';
import { StartBackoff } from './start-backoff.ts';
import { WakeBook } from './wake-book.ts';

const never = new AbortController().signal;

describe('noteOutcomes()', () => {
  const seen = (id: string, status: ObservedInstance['status'], over: Partial<ObservedInstance> = {}): ObservedInstance => ({ id, version: 1, spec: 's', status, ageMs: 0, reason: `${id} ${status}`, ...over }); // prettier-ignore
  function setting() {
    const books = { backoff: new StartBackoff(), wakes: new WakeBook() };
    const answers: unknown[] = [];
    void books.wakes.wait('f1/1', 60_000, never).then((answer) => answers.push(answer));
    const note = async (observed: ObservedInstance[], nowMs = 0) => {
      noteOutcomes(books, 'f1', { versions: [1], observed, nowMs });
      await new Promise((resolve) => setImmediate(resolve));
    };
    return { books, answers, note };
  }

  test('a ready instance answers a wake and ends the back-off', async () => {
    const { books, answers, note } = setting();
    books.backoff.failed('f1/1', 0, { reason: 'x' });
    await note([seen('a', 'ready')]);
    expect(answers).toEqual([{ outcome: 'ready' }]);
    expect(books.backoff.waitMs('f1/1', 0)).toBe(0);
  });

  test.each(['failed', 'hung'] as const)('a %s instance fails a wake with its reason', async (status) => {
    const { books, answers, note } = setting();
    await note([seen('a', status)]);
    expect(answers).toEqual([{ outcome: 'failed', reason: `a ${status}` }]);
    expect(books.backoff.waitMs('f1/1', 0)).toBeGreaterThan(0);
  });

  test('a wake waits for the instance that replaces a failed one', async () => {
    const { books, answers, note } = setting();
    books.backoff.failed('f1/1', 0, { instanceId: 'a', reason: 'old' });
    await note([seen('a', 'failed')], 100_000);
    expect(answers).toEqual([]);
    await note([seen('a', 'failed'), seen('b', 'starting')], 0);
    expect(answers).toEqual([]);
    books.wakes.settle('f1/1', { outcome: 'ready' });
  });

  test('a wake fails with the last reason while no start is allowed and nothing is there', async () => {
    const { books, answers, note } = setting();
    books.backoff.failed('f1/1', 0, { reason: 'The engine refused to start it: no space' });
    await note([]);
    expect(answers).toEqual([{ outcome: 'failed', reason: 'The engine refused to start it: no space' }]);
  });

  test('a crash fails a wake, unless the instance was ready before and comes back', async () => {
    const { answers, note } = setting();
    await note([seen('a', 'crashed', { recovers: true })]);
    expect(answers).toEqual([]);
    await note([seen('a', 'crashed')]);
    expect(answers).toEqual([{ outcome: 'failed', reason: 'a crashed' }]);
  });

  test('a failed instance beside a ready one is still counted', async () => {
    const { books, answers, note } = setting();
    await note([seen('a', 'ready'), seen('b', 'failed')]);
    expect(answers).toEqual([{ outcome: 'ready' }]);
    expect(books.backoff.waitMs('f1/1', 0)).toBeGreaterThan(0);
  });
});
