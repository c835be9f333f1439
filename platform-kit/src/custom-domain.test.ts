import { describe, expect, test } from 'vitest';
import { assertNotOfPlatform, displayDomain, isNormalDomain, normaliseDomain } from './custom-domain.ts';

describe('normaliseDomain()', () => {
  test.each([
    ['example.org', 'example.org'],
    ['a.b.c.example.org', 'a.b.c.example.org'],
    ['Shop.EXAMPLE.org', 'shop.example.org'],
    ['example.org.', 'example.org'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.Example.', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
    ['例え。テスト', 'xn--r8jz45g.xn--zckzah'],
    ['faß.de', 'xn--fa-hia.de'],
    ['１２３.example.org', '123.example.org'],
    ['a--b.example.org', 'a--b.example.org'],
    ['0.example.org', '0.example.org'],
    [`${'a'.repeat(63)}.example.org`, `${'a'.repeat(63)}.example.org`],
    ['localhost.example.org', 'localhost.example.org'],
  ])('%j is kept as %j', (input, domain) => {
    expect(normaliseDomain(input)).toBe(domain);
    expect(normaliseDomain(domain)).toBe(domain);
  });

  test.each([
    ['', /empty/],
    ['.', /not a valid|nothing/],
    ['example', /full name/],
    ['localhost', /localhost/],
    ['shop.localhost', /localhost/],
    ['Shop.LocalHost.', /localhost/],
    ['*.example.org', /wildcard/],
    ['example.org..', /nothing|not a valid/],
    ['.example.org', /nothing|not a valid/],
    ['a..example.org', /nothing|not a valid/],
    ['127.0.0.1', /IP address/],
    ['127.1', /IP address/],
    ['0x7f.1', /IP address/],
    ['1.2.3.4.', /IP address/],
    ['１２７.0.0.1', /IP address/],
    ['::1', /IP address/],
    ['[::1]', /IP address/],
    ['2001:db8::1', /IP address/],
    ['example.org:8080', /port/],
    ['https://example.org/', /http/],
    ['example.org/path', /only letters/],
    ['user@example.org', /only letters/],
    ['exa mple.org', /only letters/],
    [' example.org', /only letters/],
    ['example.org\n', /only letters/],
    ['example.org\r\nx-evil: 1', /only letters/],
    ['a`b.example.org', /only letters/],
    ['a_b.example.org', /only letters/],
    ['exam%70le.org', /only letters/],
    ['a％2fb.example.org', /not a valid|other characters/],
    ['-a.example.org', /other characters/],
    ['a-.example.org', /other characters/],
    ['xn--a.example.org', /punycode/],
    ['xn--.example.org', /punycode/],
    ['example.123', /not a valid|number/],
    [`${'a'.repeat(64)}.example.org`, /at most 63/],
    [`${'ü'.repeat(60)}.example.org`, /at most 63/],
    [`${'a.'.repeat(125)}example.org`, /at most 253/],
    [`${'x'.repeat(100_000)}.org`, /at most 253/],
  ])('%j is refused', (input, message) => {
    expect(() => normaliseDomain(input)).toThrow(message);
    expect(() => normaliseDomain(input)).toThrow(expect.objectContaining({ code: 'invalid' }));
    expect(isNormalDomain(input)).toBe(false);
  });
});

test('a domain is shown as it is written', () => {
  expect(displayDomain('xn--bcher-kva.example')).toBe('bücher.example');
  expect(displayDomain('example.org')).toBe('example.org');
});

test.each(['platform.test', 'a.platform.test', 'a.b.platform.test'])('%s is the platform’s', (domain) => {
  expect(() => assertNotOfPlatform(domain, 'platform.test')).toThrow(/belong to the platform/);
});

test.each(['notplatform.test', 'platform.test.example.org', 'test'])('%s is not the platform’s', (domain) => {
  expect(() => assertNotOfPlatform(domain, 'platform.test')).not.toThrow();
});
