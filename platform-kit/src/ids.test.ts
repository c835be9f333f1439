import { expect, test } from 'vitest';
import { acceptRequestId, newId } from './ids.ts';

test('newId() sorts by time and is 20 characters of its alphabet', () => {
  const early = newId(1_700_000_000_000);
  const late = newId(1_700_000_000_001);
  expect(early).toMatch(/^[0-9a-hjkmnp-tv-z]{20}$/);
  expect(early < late).toBe(true);
});

test('newId() differs at one and the same moment, in every place of its chance', () => {
  const ids = Array.from({ length: 2000 }, () => newId(0));
  expect(new Set(ids).size).toBe(2000);
  for (let place = 9; place < 20; place++) {
    expect(new Set(ids.map((id) => id[place])).size).toBe(32);
  }
});

test.each([undefined, '', 'a b', 'a"', 'x'.repeat(65), ['a', 'b']])(
  'acceptRequestId(%j) makes a new one',
  (received) => {
    expect(acceptRequestId(received)).toMatch(/^[0-9a-z]{20}$/);
  },
);

test('acceptRequestId() keeps a harmless one', () => {
  expect(acceptRequestId('Call-1.2_3')).toBe('Call-1.2_3');
});
