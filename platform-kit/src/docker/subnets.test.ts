import { describe, expect, test } from 'vitest';
import { contains, formatBlock, freeSubnets, isPrivate, parseBlock } from './subnets.ts';

const block = (text: string) => parseBlock(text)!;

test.each(['10.212.0.0/14', '0.0.0.0/0', '255.255.255.255/32', '192.168.7.0/26'])('%s is read and written', (text) => {
  expect(formatBlock(block(text))).toBe(text);
}); // prettier-ignore

test.each(['', '10.0.0.0', '10.0.0/8', '10.0.0.1/8', '10.0.0.0/33', '10.0.0.0/8/8', '300.0.0.0/8', 'fd00::/8'])('"%s" is no block', (text) => {
  expect(parseBlock(text)).toBeUndefined();
}); // prettier-ignore

test('contains() wants all of the inner block', () => {
  expect(contains(block('10.212.0.0/14'), block('10.215.255.0/24'))).toBe(true);
  expect(contains(block('10.212.0.0/14'), block('10.216.0.0/24'))).toBe(false);
  expect(contains(block('10.212.0.0/14'), block('10.0.0.0/8'))).toBe(false);
});

describe('freeSubnets()', () => {
  test('leaves out what overlaps, whichever of the two is larger', () => {
    const taken = [block('10.0.0.0/26'), block('10.0.1.128/25'), block('172.17.0.0/16')];
    expect([...freeSubnets(block('10.0.0.0/22'), 256, taken)].map(formatBlock)).toEqual([
      '10.0.2.0/24',
      '10.0.3.0/24',
    ]);
  });

  test('has nothing left in a pool that is taken whole', () => {
    expect([...freeSubnets(block('10.0.0.0/24'), 256, [block('10.0.0.0/8')])]).toEqual([]);
  });
});

test.each([['10.0.0.0/8', true], ['192.168.0.0/16', true], ['8.8.8.0/24', false], ['10.0.0.0/7', false], ['127.0.0.0/8', false]])('%s is private: %s', (text, expected) => {
  expect(isPrivate(block(text))).toBe(expected);
}); // prettier-ignore
