import { expect, test } from 'vitest';
import { VERSION_STATES, VERSION_TRANSITIONS, advance, isTerminal } from './version-states.ts';

test('advance() allows what the table allows and nothing else', () => {
  for (const from of VERSION_STATES) {
    for (const to of VERSION_STATES) {
      const allowed = (VERSION_TRANSITIONS[from] as readonly string[]).includes(to);
      if (allowed) expect(advance(from, to)).toBe(to);
      else expect(() => advance(from, to)).toThrow(`A version that is ${from} cannot become ${to}.`);
    }
  }
});

test('a version that is not terminal can always be cancelled and can always fail', () => {
  for (const state of VERSION_STATES.filter((state) => !isTerminal(state))) {
    expect(advance(state, 'cancelled')).toBe('cancelled');
    expect(advance(state, 'failed')).toBe('failed');
  }
});

test('ready, failed and cancelled are the ends', () => {
  expect(VERSION_STATES.filter(isTerminal)).toEqual(['ready', 'failed', 'cancelled']);
});
