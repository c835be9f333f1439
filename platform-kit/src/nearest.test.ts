import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test('nearest() finds the likely word and ignores case', () => {
  expect(nearest('memroy', ['memory', 'timeout'])).toBe('memory');
  expect(nearest('MEMORY', ['memory'])).toBe('memory');
});

test('nearest() finds nothing in words that have little in common', () => {
  expect(nearest('xyz', ['memory', 'timeout'])).toBeUndefined();
  expect(nearest('a', [])).toBeUndefined();
});

test('nearest() takes the nearer of two', () => {
  expect(nearest('handlr', ['handles', 'handler'])).toBe('handler');
});
