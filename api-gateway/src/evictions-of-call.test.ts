import type { Eviction } from '@plat/platform-kit/eviction.ts';
import { expect, test } from 'vitest';
import { evictionsOfCall } from './evictions-of-call.ts';

const second = (at: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, at)).toISOString();
const party = (functionId: string, project = 'shop') => ({
  functionId,
  project,
  function: functionId,
  version: 1,
});
const CALL = { functionId: 'f1', version: 1, startedAt: second(10), queueMs: 2000, durationMs: 100 };
const eviction = (at: number, from: string, over: Partial<Eviction> = {}): Eviction => ({
  at: second(at),
  instance: `${from}-${at}`,
  from: party(from),
  taker: party('f1'),
  backAt: null,
  ...over,
});
const of = (evictions: Eviction[], sees = (project: string) => project === 'shop') =>
  evictionsOfCall(CALL, evictions, sees).map(({ role, instance, other }) => [
    role,
    instance,
    other?.function,
  ]);

test('says what was put out while the call waited for its instance', () => {
  expect(of([eviction(9, 'before'), eviction(11, 'f2'), eviction(13, 'after')])).toEqual([
    ['made_room', 'f2-11', 'f2'],
  ]);
  expect(of([eviction(11, 'f2', { taker: party('f3') })])).toEqual([]);
});

test('says that its own instance had been put out, and for whom, unless it was back before the call', () => {
  const out = (over: Partial<Eviction> = {}) => eviction(5, 'f1', { taker: party('f2'), ...over });
  expect(of([out()])).toEqual([['was_put_out', 'f1-5', 'f2']]);
  expect(of([out({ backAt: second(11) })])).toEqual([['was_put_out', 'f1-5', 'f2']]);
  expect(of([out({ backAt: second(7) })])).toEqual([]);
  expect(of([out({ from: { ...party('f1'), version: 2 } })])).toEqual([]);
});

test('names no function of a project that the caller may not see', () => {
  expect(of([eviction(11, 'f2', { from: party('f2', 'secret') })])).toEqual([
    ['made_room', 'f2-11', undefined],
  ]);
  expect(of([eviction(5, 'f1', { taker: null })])).toEqual([['was_put_out', 'f1-5', undefined]]);
});
