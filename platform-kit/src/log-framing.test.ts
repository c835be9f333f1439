import { expect, test } from 'vitest';
import { splitFramedLine } from './log-framing.ts';

test('splitFramedLine() takes the request id off a framed line', () => {
  expect(splitFramedLine('\x1ereq-1\x1fhello \x1f world')).toEqual({
    requestId: 'req-1',
    text: 'hello \x1f world',
  });
});

test.each(['', 'hello', '\x1ehello', ' \x1ea\x1fb', `\x1e${'x'.repeat(65)}\x1fb`])(
  'splitFramedLine() leaves %j as it is',
  (line) => {
    expect(splitFramedLine(line)).toEqual({ requestId: null, text: line });
  },
);

test('splitFramedLine() takes an id of 64 characters', () => {
  expect(splitFramedLine(`\x1e${'x'.repeat(64)}\x1fb`).text).toBe('b');
});
