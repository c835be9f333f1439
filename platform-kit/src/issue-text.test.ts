import { expect, test } from 'vitest';
import { z } from 'zod';
import { issueText } from './issue-text.ts';

test.each([
  [z.string().min(1), '', 'expected at least 1 character'],
  [z.string().max(200), 'x'.repeat(201), 'expected at most 200 characters'],
  [z.array(z.string()).min(2), [], 'expected at least 2 entries'],
  [z.number().min(1), 0, 'expected at least 1'],
  [z.number().max(9), 10, 'expected at most 9'],
  [z.number().gt(0), 0, 'expected more than 0'],
  [z.string(), 7, 'expected text'],
  [z.int(), 1.5, 'expected a whole number'],
  [z.boolean(), 'yes', 'expected true or false'],
  [z.strictObject({}), [], 'expected an object'],
  [z.string(), undefined, 'expected text, and there is none'],
  [z.enum(['a', 'b']), 'c', 'expected one of "a", "b"'],
  [z.literal('a'), 'c', 'expected "a"'],
  [z.iso.datetime(), 'today', 'expected an ISO time, such as 2026-01-31T08:00:00Z'],
  [z.union([z.string(), z.number(), z.boolean()]), [], 'expected text or a number or true or false'],
  [z.string().min(3, 'a name of three letters'), 'x', 'a name of three letters'],
  [z.string({ error: 'expected a name' }), 7, 'expected a name'],
])('issueText() says what was expected: %#', (schema, input, text) => {
  expect(schema.safeParse(input).error!.issues.map(issueText)).toEqual([text]);
});
