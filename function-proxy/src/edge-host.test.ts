import { describe, expect, it } from 'vitest';
import { edgeLabel, originForm } from './edge-host.ts';

describe('edgeLabel()', () => {
  it('is the one label before the domain or before localhost', () => {
    expect(edgeLabel('a-b.platform.test', 'platform.test')).toBe('a-b');
    expect(edgeLabel('A-b.Platform.test.:8080', 'platform.test')).toBe('a-b');
    expect(edgeLabel('a-b.localhost', 'platform.test')).toBe('a-b');
  });

  it('is nothing for any other host', () => {
    for (const host of [
      undefined,
      '',
      'platform.test',
      'x.a-b.platform.test',
      'a-bplatform.test',
      '127.0.0.1:80',
      '[::1]:80',
    ])
      expect(edgeLabel(host, 'platform.test')).toBeUndefined();
  });
});

describe('originForm()', () => {
  it('takes path and query out of every form of a request target', () => {
    expect(originForm('/a?b')).toBe('/a?b');
    expect(originForm('http://host:1/a?b')).toBe('/a?b');
    expect(originForm('http://host?b')).toBe('/?b');
    expect(originForm('*')).toBe('/');
  });
});
