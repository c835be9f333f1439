import { describe, expect, it } from 'vitest';
import { ColdStarts, largestBurst } from './cold-starts.ts';
import { planPools, type PoolContainer, type PoolDemand } from './plan-pools.ts';

const demand = (key: string, burst: number, lastAtMs = 0) => ({ key, burst, lastAtMs });
const has = (id: string, key: string, state: PoolContainer['state'] = 'warm', createdAtMs = 0) => ({ id, key, state, createdAtMs }); // prettier-ignore

const CLAIM = { memoryMb: 128, cpus: 1, pids: 10 };
const ROOM = { memoryMb: 100_000, cpus: 1000, pids: 10_000 };
const plan = (input: { demands: PoolDemand[]; containers: PoolContainer[]; limit: number }, room = ROOM) =>
  planPools({ ...input, room, claimOf: () => CLAIM });

describe('planPools()', () => {
  it('fills a pool up to its largest burst, and counts what starts already', () => {
    const containers = [has('a', 'x'), has('b', 'x', 'starting')];
    expect(plan({ demands: [demand('x', 4)], containers, limit: 8 })).toMatchObject({
      start: ['x', 'x'],
      remove: [],
    });
  });

  it('never has more than the limit, and gives every pool one first, the latest used before the others', () => {
    const demands = [demand('old', 5, 1), demand('new', 5, 9), demand('older', 1, 0)];
    const starts = (limit: number) => plan({ demands, containers: [], limit }).start;
    expect(starts(2)).toEqual(['new', 'old']);
    expect(starts(4)).toEqual(['new', 'new', 'old', 'older']);
    expect(starts(0)).toEqual([]);
    expect(starts(100)).toHaveLength(11);
  });

  it('lets a pool that nobody used lately shrink to nothing', () => {
    expect(plan({ demands: [], containers: [has('a', 'x')], limit: 8 })).toMatchObject({
      start: [],
      remove: ['a'],
    });
  });

  it('gives up what still starts before what is warm, and the younger before the older', () => {
    const containers = [has('s', 'x', 'starting'), has('young', 'x', 'warm', 5), has('old', 'x', 'warm', 1)];
    expect(plan({ demands: [demand('x', 1)], containers, limit: 8 }).remove).toEqual(['young', 's']);
  });

  it('replaces what is of no use', () => {
    const containers = [has('a', 'x', 'useless')];
    expect(plan({ demands: [demand('x', 1)], containers, limit: 8 })).toMatchObject({
      start: ['x'],
      remove: ['a'],
    });
  });

  it('takes no more than instances leave of the host, and goes first when they want more', () => {
    const input = {
      demands: [demand('x', 4)],
      containers: [has('a', 'x'), has('b', 'x', 'warm', 1)],
      limit: 8,
    };
    expect(plan(input, { ...ROOM, memoryMb: 300 })).toEqual({ start: [], remove: [], isShort: true });
    expect(plan(input, { ...ROOM, memoryMb: 512 })).toEqual({
      start: ['x', 'x'],
      remove: [],
      isShort: false,
    });
    expect(plan(input, { ...ROOM, memoryMb: 255 }).remove).toEqual(['b']);
    expect(plan(input, { ...ROOM, pids: 9 }).remove).toEqual(['a', 'b']);
    expect(plan(input, { ...ROOM, cpus: -1 }).remove).toEqual(['a', 'b']);
  });
});

describe('ColdStarts', () => {
  it('asks for as many as came at once, and forgets them after a while', () => {
    const starts = new ColdStarts(60_000);
    for (const atMs of [0, 100, 200, 30_000]) starts.note('x', atMs);
    expect(starts.demands(30_000)).toEqual([demand('x', 3, 30_000)]);
    expect(starts.demands(60_150)).toEqual([demand('x', 1, 30_000)]);
    expect(starts.demands(90_000)).toEqual([]);
    expect(starts.has('x')).toBe(false);
  });

  it('counts the largest number of starts within five seconds', () => {
    expect(largestBurst([0, 4000, 8000, 9000, 9500])).toBe(3);
    expect(largestBurst([1])).toBe(1);
  });
});
