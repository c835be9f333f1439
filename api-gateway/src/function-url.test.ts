import { expect, test } from 'vitest';
import { parseFunctionUrl } from './function-url.ts';

test.each([
  ['/function/hello', '/'],
  ['/function/hello/', '/'],
  ['/function/hello?x', '/?x'],
  ['/function/hello/?x=1', '/?x=1'],
  ['/function/hello/a%2Fb?x=1', '/a%2Fb?x=1'],
  ['/function/hello//a/../b', '//a/../b'],
  ['/function/hello?next=/a/b', '/?next=/a/b'],
])('parseFunctionUrl(%o) passes on %o, byte for byte', (url, path) => {
  expect(parseFunctionUrl(url).path).toBe(path);
});

test.each([
  ['/function/hello', undefined, { alias: 'live' }],
  ['/function/shop.hello', 'shop', { alias: 'live' }],
  ['/function/shop%2Ehello', 'shop', { alias: 'live' }],
  ['/function/shop.hello:canary', 'shop', { alias: 'canary' }],
  ['/function/shop.hello%3Acanary/x', 'shop', { alias: 'canary' }],
  ['/function/hello@3', undefined, { version: 3 }],
])('parseFunctionUrl(%o) names the function', (url, project, selector) => {
  expect(parseFunctionUrl(url).reference).toEqual({ project, function: 'hello', selector });
});

test.each([
  '/function/',
  '/function//hello',
  '/function/?x',
  '/function/Hello',
  '/function/hello%2Fthere',
  '/function/a.b.c',
  '/function/hello@',
  '/function/hello@x',
  '/function/%zz',
  '/function/..%2F',
  '/function/admin',
  '/function/UPPER.hello',
])('parseFunctionUrl(%o) is invalid', (url) => {
  expect(() => parseFunctionUrl(url)).toThrow(expect.objectContaining({ code: 'invalid' }));
});
