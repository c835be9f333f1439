import { describe, expect, it } from 'vitest';
import { decimalNumber, duration, environmentEntry, headerEntry, queryEntry, since, versionNumber, wholeNumber } from './option-parsers.ts'; // prettier-ignore

describe('option parsers', () => {
  it('read version numbers', () => {
    expect([versionNumber('3'), versionNumber('v12')]).toEqual([3, 12]);
    for (const wrong of ['0', '-1', '1.5', 'latest', ''])
      expect(() => versionNumber(wrong)).toThrow('version number');
  });

  it('read numbers within bounds', () => {
    expect(wholeNumber(1, 10)('10')).toBe(10);
    for (const wrong of ['0', '11', '1e1', '0x5', ''])
      expect(() => wholeNumber(1, 10)(wrong)).toThrow('from 1 to 10');
    expect(decimalNumber('0.5')).toBe(0.5);
    for (const wrong of ['.5', '1,5', 'NaN', '-1']) expect(() => decimalNumber(wrong)).toThrow('number');
  });

  it('read durations and points in time', () => {
    expect([duration('30s'), duration('5m')]).toEqual([30_000, 300_000]);
    for (const wrong of ['5', '0s', '100d', 'soon']) expect(() => duration(wrong)).toThrow('duration');
    expect(since('5m')).toBe('5m');
    expect(since('2026-01-31T08:00:00Z')).toBe('2026-01-31T08:00:00.000Z');
    expect(() => since('yesterday')).toThrow('duration');
  });

  it('collect variables, query parameters and headers', () => {
    expect(environmentEntry('A=b=c', environmentEntry('A=x', { B: 'y' }))).toEqual({ A: 'b=c', B: 'y' });
    expect(environmentEntry('EMPTY=')).toEqual({ EMPTY: '' });
    expect(queryEntry('a=1', queryEntry('a=2'))).toEqual([['a', '2'], ['a', '1']]); // prettier-ignore
    expect(headerEntry('X-One:  a: b ')).toEqual([['X-One', 'a: b']]);
    expect(() => environmentEntry('=b')).toThrow('KEY=VALUE');
    expect(() => environmentEntry('A')).toThrow('KEY=VALUE');
    for (const wrong of ['X One: a', 'X: a\r\nY: b', ': a'])
      expect(() => headerEntry(wrong)).toThrow('Name: value');
  });
});
