import { expect, test } from 'vitest';
import { shareOf } from './share-of.ts';

const LOOKS = [
  { busyMs: 0, cpuMs: 100 },
  { busyMs: 10, cpuMs: 120 },
  { busyMs: 30, cpuMs: 180 },
];

test('a call alone between two looks used all that was used between them', () => {
  expect(shareOf({ fromBusyMs: 0, toBusyMs: 10, ownMs: 10 }, LOOKS)).toEqual({ cpuMs: 20, isShared: false });
});

test('calls one after the other between two looks share by their time, and say so', () => {
  const looks = [LOOKS[0]!, { busyMs: 10, cpuMs: 110 }];
  const first = shareOf({ fromBusyMs: 0, toBusyMs: 2, ownMs: 2 }, looks);
  const second = shareOf({ fromBusyMs: 2, toBusyMs: 10, ownMs: 8 }, looks);
  expect([first, second]).toEqual([
    { cpuMs: 2, isShared: true },
    { cpuMs: 8, isShared: true },
  ]);
});

test('of what two calls used at the same time each gets its part, and no more is given out than was used', () => {
  const looks = [LOOKS[0]!, { busyMs: 20, cpuMs: 150 }];
  const call = { fromBusyMs: 0, toBusyMs: 20, ownMs: 10 };
  expect(shareOf(call, looks)).toEqual({ cpuMs: 25, isShared: true });
});

test('a call over several looks adds up what was used in each', () => {
  expect(shareOf({ fromBusyMs: 5, toBusyMs: 20, ownMs: 15 }, LOOKS)).toEqual({ cpuMs: 40, isShared: true });
});

test('without a look from before the call nothing is known', () => {
  expect(shareOf({ fromBusyMs: 0, toBusyMs: 10, ownMs: 10 }, [{ busyMs: 10, cpuMs: 500 }]).cpuMs).toBeNull();
  expect(shareOf({ fromBusyMs: 0, toBusyMs: 10, ownMs: 10 }, []).cpuMs).toBeNull();
  expect(shareOf({ fromBusyMs: 5, toBusyMs: 5, ownMs: 0 }, LOOKS).cpuMs).toBeNull();
});

test('a counter that went back gives nothing negative', () => {
  const looks = [LOOKS[2]!, { busyMs: 40, cpuMs: 3 }];
  expect(shareOf({ fromBusyMs: 30, toBusyMs: 40, ownMs: 10 }, looks).cpuMs).toBe(0);
});
