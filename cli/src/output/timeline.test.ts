import { expect, test } from 'vitest';
import { timeline } from './timeline.ts';

test('timeline() shows each phase at its place, and leaves out those that did not happen', () => {
  const phases = {
    received: 0,
    authorised: 1,
    queued: null,
    woken: null,
    connected: 2,
    firstByte: 8,
    lastByte: 10,
  };
  expect(timeline(phases, { width: 10 })).toEqual([
    'received      0.00 ms',
    'authorised    1.00 ms    +1.00 ms  █',
    'connected     2.00 ms    +1.00 ms   █',
    'first byte    8.00 ms    +6.00 ms    ██████',
    'last byte     10.0 ms    +2.00 ms          ██',
  ]);
});

test('timeline() of a call that was refused at once is one line', () => {
  const nothing = { authorised: null, queued: null, woken: null, connected: null, firstByte: null, lastByte: null }; // prettier-ignore
  expect(timeline({ received: 0, ...nothing }, { width: 10 })).toEqual(['received      0.00 ms']);
});
