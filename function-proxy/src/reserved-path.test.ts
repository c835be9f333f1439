import { describe, expect, it } from 'vitest';
import { isReservedPath } from './reserved-path.ts';

describe('isReservedPath()', () => {
  it.each([
    '/_plat',
    '/_plat?x',
    '/_plat/ready',
    '/_PLAT/ready',
    '//_plat/ready',
    '/./_plat/ready',
    '/a/../_plat/ready',
    '/a/%2e%2e/_plat/ready',
    '/%5fplat/ready',
    '/%5Fpl%61t/ready',
    '/%255fplat/ready',
    '/%2f_plat/ready',
    '/\\_plat\\ready',
    '/_plat;x=1/ready',
    '/_plat#x',
  ])('sees the platform’s prefix in %s', (path) => {
    expect(isReservedPath(path)).toBe(true);
  });

  it.each(['/', '/plat', '/_platform', '/a/_plat', '/x?p=/_plat/ready', '/%zz', '/__plat'])(
    'lets %s through',
    (path) => {
      expect(isReservedPath(path)).toBe(false);
    },
  );
});
