import { addClaims, shortOf, sumClaims } from '@plat/platform-kit/claim.ts';
import { describe, expect, test } from 'vitest';
import { planRoom } from './plan-room.ts';
import type { Holding, Want } from './room-books.ts';

const BUDGET = { memoryMb: 400, cpus: 40, pids: 4000 };
const SIZE = { memoryMb: 100, cpus: 1, pids: 100 };

function held(id: string, over: Partial<Holding> = {}): Holding {
  return { ...SIZE, id, project: 'a', keeping: 'needed', worth: 1, isLeaving: false, ...over };
}
function want(id: string, over: Partial<Want> = {}): Want {
  return { ...SIZE, id, project: 'a', isFirst: true, sinceMs: 0, ...over };
}
function plan(holdings: Holding[], wants: Want[], budget = BUDGET) {
  const { grant, evict, waits } = planRoom({ budget, holdings, wants });
  return { grant, evict, waits: [...waits.keys()] };
}
const four = (over: (n: number) => Partial<Holding>) => [1, 2, 3, 4].map((n) => held(`h${n}`, over(n)));

describe('planRoom()', () => {
  test('gives room that is free, and no more', () => {
    expect(plan([held('h1'), held('h2'), held('h3')], [want('w1'), want('w2', { sinceMs: 1 })])).toEqual({
      grant: ['w1'],
      evict: [],
      waits: ['w2'],
    });
  });

  test.each([
    ['memory', { memoryMb: 300 }, { memoryMb: 500 }],
    ['CPU', { cpus: 30 }, { cpus: 41 }],
    ['processes', { pids: 3000 }, { pids: 5000 }],
  ])('says that %s is short, now or for ever', (what, much, tooMuch) => {
    const why = (claim: object) =>
      planRoom({ budget: BUDGET, holdings: [held('h', much)], wants: [want('w', claim)] }).waits.get('w');
    expect(why(much)).toBe(`All ${what} for instances is in use.`);
    expect(why(tooMuch)).toBe(`It takes more ${what} than all instances together may.`);
  });

  test('what can never fit holds up nobody', () => {
    const wants = [want('never', { project: 'b', memoryMb: 500 }), want('w', { sinceMs: 1 })];
    expect(plan([held('h1'), held('h2'), held('h3')], wants)).toEqual({ grant: ['w'], evict: [], waits: ['never'] }); // prettier-ignore
  });

  test("containers of pools go first, whoever wants their room, and count for nobody's share", () => {
    const inPool = (id: string, project: string) => held(id, { project, keeping: 'pooled', isPooled: true });
    const full = [
      held('h1', { keeping: 'spare', worth: 0 }),
      inPool('p1', 'b'),
      inPool('p2', 'c'),
      held('h2'),
    ];
    expect(plan(full, [want('w')])).toEqual({ grant: [], evict: ['p1'], waits: ['w'] });
    // With pools in it the shares would be a third each, and this one beyond its own.
    expect(plan(full, [want('w'), want('w2', { sinceMs: 1 })]).evict).toEqual(['p1', 'p2']);
    const two = { ...BUDGET, memoryMb: 200 };
    expect(plan(full, [], two).evict).toEqual(['p1', 'p2']);
  });

  test('says for whose sake each one goes', () => {
    const full = four((n) => ({ keeping: 'spare', worth: n }));
    const wants = [want('w'), want('w2', { sinceMs: 1 })];
    expect([...planRoom({ budget: BUDGET, holdings: full, wants }).evictedFor]).toEqual([['h1', 'w'], ['h2', 'w2']]); // prettier-ignore
  });

  test('the least useful spare instance goes, and who waits starts only once it is gone', () => {
    const full = four((n) => ({ keeping: 'spare', worth: 10 - n }));
    expect(plan(full, [want('w')])).toEqual({ grant: [], evict: ['h4'], waits: ['w'] });
    const going = full.map((one) => (one.id === 'h4' ? { ...one, isLeaving: true } : one));
    expect(plan(going, [want('w')])).toEqual({ grant: [], evict: [], waits: ['w'] });
    // For it there will be room; for a second one there will not.
    const busy = four((n) => ({ isLeaving: n === 4 }));
    const both = planRoom({
      budget: BUDGET,
      holdings: busy,
      wants: [want('w'), want('late', { sinceMs: 9 })],
    });
    expect([...both.coming]).toEqual(['w']);
    expect(plan(full.slice(0, 3), [want('w')])).toEqual({ grant: ['w'], evict: [], waits: [] });
  });

  test('each of several that wait gets room of its own, at once', () => {
    const full = four((n) => ({ keeping: 'spare', worth: n }));
    const two = [want('w1'), want('w2', { sinceMs: 1 })];
    expect(plan(full, two)).toEqual({ grant: [], evict: ['h1', 'h2'], waits: ['w1', 'w2'] });
    const going = full.map((one) => ({ ...one, isLeaving: one.id === 'h1' }));
    expect(plan(going, two).evict).toEqual(['h2']);
  });

  test('nothing goes when that would not make room enough, or room of another kind', () => {
    const full = four((n) => ({ keeping: n === 1 ? 'spare' : 'needed' }));
    expect(plan(full, [want('w', { memoryMb: 200 })]).evict).toEqual([]);
    const paused = four(() => ({ keeping: 'spare', cpus: 0 })).concat(held('hot', { memoryMb: 0, cpus: 40 }));
    expect(plan(paused, [want('w', { memoryMb: 0 })]).evict).toEqual([]);
  });

  test('an instance that its version needs never goes, not even for a project that has none', () => {
    expect(plan(four(() => ({ keeping: 'needed' })), [want('w', { project: 'b' })])).toEqual({ grant: [], evict: [], waits: ['w'] }); // prettier-ignore
  });

  test('a project within its share takes from one beyond: first spare, then kept, then surplus instances', () => {
    const b = want('w', { project: 'b' });
    const of = (...keeping: Holding['keeping'][]) => plan(keeping.map((one, n) => held(`${one}${n}`, { keeping: one })), [b]).evict; // prettier-ignore
    expect(of('surplus', 'kept', 'spare', 'needed')).toEqual(['spare2']);
    expect(of('surplus', 'kept', 'needed', 'needed')).toEqual(['kept1']);
    expect(of('surplus', 'needed', 'needed', 'needed')).toEqual(['surplus0']);
  });

  test('it takes down to the share, and not below', () => {
    const full = four(() => ({ keeping: 'surplus' }));
    const wants = [1, 2, 3].map((n) => want(`w${n}`, { project: 'b', sinceMs: n }));
    expect(plan(full, wants).evict).toEqual(['h1', 'h2']);
  });

  test('a project beyond its share takes only from its own spare instances', () => {
    const full = [
      held('a1'), held('a2', { keeping: 'spare', worth: 9 }), held('a3'),
      held('b1', { project: 'b', keeping: 'spare', worth: 1 }),
    ]; // prettier-ignore
    expect(plan(full, [want('w')]).evict).toEqual(['a2']);
    expect(plan(full.map((one) => ({ ...one, keeping: one.project === 'a' ? 'surplus' : 'spare' })), [want('w', { isFirst: false })]).evict).toEqual([]); // prettier-ignore
  });

  test('the first instance of a version may take a surplus one of its own project, a further one may not', () => {
    const full = four((n) => ({ keeping: n === 4 ? 'surplus' : 'needed' }));
    expect(plan(full, [want('w')]).evict).toEqual(['h4']);
    expect(plan(full, [want('w', { isFirst: false })]).evict).toEqual([]);
  });

  test('who asks for a flood of starts does not hold up another project', () => {
    const flood = Array.from({ length: 50 }, (_, n) => want(`a${n}`, { sinceMs: n, isFirst: n === 0 }));
    const late = want('b', { project: 'b', sinceMs: 99 });
    expect(plan([held('h1'), held('h2'), held('h3')], [...flood, late]).grant).toEqual(['b']);
  });

  test('nothing is given beyond a share while somebody within theirs waits for room that is not there yet', () => {
    const holdings = [held('a1'), held('a2'), held('a3')];
    const large = want('b', { project: 'b', memoryMb: 200 });
    expect(plan(holdings, [want('a4', { sinceMs: -1 }), large])).toEqual({ grant: [], evict: [], waits: ['b', 'a4'] }); // prettier-ignore
  });

  test('many projects whose share is less than one instance still get one each, of what others do not use', () => {
    const full = four((n) => ({ project: `p${n}`, keeping: 'spare', worth: n }));
    expect(plan(full, [want('w', { project: 'p5' })]).evict).toEqual(['h1']);
  });

  test('when the budget was lowered what has no call goes, until it is enough; what has one stays', () => {
    const lower = { ...BUDGET, memoryMb: 200 };
    const mixed = four((n) => ({ keeping: (['needed', 'spare', 'kept', 'needed'] as const)[n - 1]! }));
    expect(plan(mixed, [], lower).evict).toEqual(['h2', 'h3']);
    expect(
      plan(
        four(() => ({ keeping: 'surplus' })),
        [],
        lower,
      ).evict,
    ).toEqual([]);
  });

  test('never goes beyond the budget, and comes to rest, whatever happens in whatever order', () => {
    for (let seed = 1; seed <= 60; seed++) simulate(seed);
  });
});

/** Starts, ends and uses at random; grants and evictions take effect late. */
function simulate(seed: number): void {
  let state = seed * 2654435761;
  const random = (below: number) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0;
    return state % below;
  };
  let holdings: Holding[] = [];
  let wants: Want[] = [];
  const step = () => {
    const { grant, evict } = planRoom({ budget: BUDGET, holdings, wants });
    const started = wants.filter(({ id }) => grant.includes(id));
    wants = wants.filter((one) => !started.includes(one));
    holdings = holdings
      .map((one) => (evict.includes(one.id) ? { ...one, isLeaving: true } : one))
      .concat(started.map((one) => held(one.id, { ...one, keeping: 'needed' })));
    expect(shortOf(sumClaims(holdings), BUDGET)).toEqual([]);
    return grant.length + evict.length;
  };
  for (let n = 0; n < 150; n++) {
    const project = 'abcd'[random(4)]!;
    if (random(3) > 0) wants.push(want(`s${n}`, { project, memoryMb: 20 + random(120), cpus: random(15) + 0.1, isFirst: random(2) === 0, sinceMs: n })); // prettier-ignore
    const at = random(holdings.length + 1);
    const keeping = (['spare', 'kept', 'surplus', 'needed'] as const)[random(4)]!;
    holdings = holdings.map((one, i) => (i === at ? { ...one, keeping, worth: random(9) } : one));
    if (random(2) === 0) holdings = holdings.filter(({ isLeaving }, i) => !isLeaving || i % 2 === 0);
    step();
  }
  let turns = 0;
  for (; step() > 0; turns++) holdings = holdings.filter(({ isLeaving }) => !isLeaving);
  expect(turns).toBeLessThan(200);
  expect(addClaims(sumClaims(holdings), { memoryMb: 0, cpus: 0, pids: 0 }).memoryMb).toBeGreaterThan(0);
}
