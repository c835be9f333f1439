import { expect, test } from 'vitest';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { toStoreError } from './sqlite-error.ts';

test.each([
  [Object.assign(new Error('database or disk is full'), { errcode: 13 }), /disk of the database is full/],
  [new Error('database or disk is full'), /disk of the database is full/],
  [Object.assign(new Error('disk I/O error'), { errcode: 4874 }), /cannot be written/],
])('%s is unavailable, and says what is full', (error, told) => {
  expect(toStoreError(error)).toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(told) as string,
  });
});

test('what is not the disk’s fault stays as it is', () => {
  const own = new PlatformError('conflict', 'there is one already');
  const constraint = Object.assign(new Error('UNIQUE constraint failed'), { errcode: 2067 });
  for (const error of [own, constraint, undefined]) expect(toStoreError(error)).toBe(error);
});
