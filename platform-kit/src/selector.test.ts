import { expect, test } from 'vitest';
import { parseFunctionReference } from './selector.ts';

test.each([
  ['hello', { project: undefined, function: 'hello', selector: { alias: 'live' } }],
  ['shop.hello', { project: 'shop', function: 'hello', selector: { alias: 'live' } }],
  ['hello:canary', { project: undefined, function: 'hello', selector: { alias: 'canary' } }],
  ['shop.hello@12', { project: 'shop', function: 'hello', selector: { version: 12 } }],
])('%s names a function', (text, reference) => expect(parseFunctionReference(text)).toEqual(reference));

test.each(['', '.', 'a.b.c', 'a:b@1', 'a@', 'a@x', 'a:', 'a:B', 'a@1:b', 'a/b', 'a@1234567890', 'a:b-'])(
  '%j names none, and the message has the grammar',
  (text) =>
    expect(() => parseFunctionReference(text)).toThrow(
      'expected name, project.name, name:alias or name@version',
    ),
);
