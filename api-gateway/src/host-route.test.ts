import { expect, test } from 'vitest';
import { hostRoute, type HostRoute } from './host-route.ts';

const options = {
  domain: 'platform.test',
  ownHosts: new Set(['localhost', 'platform.test', 'console.platform.test', 'plat.example.org']),
  isCustom: (host: string) =>
    ['shop.example.org', 'xn--bcher-kva.example', 'plat.example.org'].includes(host),
};

test.each<[string | undefined, HostRoute]>([
  [undefined, 'gateway'],
  ['', 'gateway'],
  ['localhost', 'gateway'],
  ['localhost:8080', 'gateway'],
  ['LOCALHOST:8080', 'gateway'],
  ['127.0.0.1:8080', 'gateway'],
  ['[::1]:8080', 'gateway'],
  ['platform.test', 'gateway'],
  ['console.platform.test', 'gateway'],
  ['somewhere.example.com', 'gateway'],
  ['shop-cart.platform.test', 'function'],
  ['shop-cart.platform.test:8080', 'function'],
  ['Shop-Cart.Platform.Test', 'function'],
  ['shop-cart.platform.test.', 'function'],
  ['shop-cart.localhost:8080', 'function'],
  ['a.shop-cart.platform.test', 'gateway'],
  ['.platform.test', 'gateway'],
  ['notplatform.test', 'gateway'],
  ['shop-cart.platform.test.evil.com', 'gateway'],
  ['shop.example.org', 'function'],
  ['SHOP.Example.ORG:443', 'function'],
  ['shop.example.org.', 'function'],
  ['shop.example.org.:8080', 'function'],
  ['xn--bcher-kva.example', 'function'],
  ['www.shop.example.org', 'gateway'],
  ['example.org', 'gateway'],
  ['plat.example.org', 'gateway'],
  ['shop.example.org..', 'gateway'],
  ['shop.example.org, evil.org', 'malformed'],
  ['shop cart', 'malformed'],
  ['shop/cart', 'malformed'],
  ['user@localhost', 'malformed'],
  ['localhost:port', 'malformed'],
])('hostRoute(%o) is %s', (header, expected) => {
  expect(hostRoute(header, options)).toBe(expected);
});
