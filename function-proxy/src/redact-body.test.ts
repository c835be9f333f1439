import { describe, expect, it } from 'vitest';
import { redactBody, redactQuery } from './redact-body.ts';

const JSON_TYPE = 'application/json';

describe('redactBody()', () => {
  it('leaves a body without secrets as it is, white space and all', () => {
    const text = '{ "name": "Ada",\n "tokens_left": null, "n": 3 }';
    expect(redactBody(text, JSON_TYPE)).toEqual({ text, isRedacted: false });
  });

  it('strikes out values of secret names at any depth, objects too', () => {
    const body = { user: { password: 'p', Api_Key: 7, name: 'Ada' }, list: [{ authToken: { a: 1 } }] };
    const { text, isRedacted } = redactBody(JSON.stringify(body), JSON_TYPE);
    expect(isRedacted).toBe(true);
    expect(JSON.parse(text)).toEqual({
      user: { password: '[redacted]', Api_Key: '[redacted]', name: 'Ada' },
      list: [{ authToken: '[redacted]' }],
    });
  });

  it('finds them in JSON that was cut in the middle of a value', () => {
    const { text } = redactBody('{"name":"Ada","client_secret": "abc\\"d', JSON_TYPE);
    expect(text).toBe('{"name":"Ada","client_secret": "[redacted]"');
  });

  it.each([
    ['user=ada&password=hunter2&x=1', 'user=ada&password=[redacted]&x=1'],
    ['send Authorization: Bearer abc.def-ghi now', 'send Authorization: [redacted] now'],
    ['jwt eyJhbGciOiJI.eyJzdWIiOiIx.c2ln', 'jwt [redacted]'],
    ['-----BEGIN PRIVATE KEY-----\nabc', '[redacted]'],
    ['my plat_abcdefgh1234', 'my [redacted]'],
  ])('strikes out what is a secret by its looks: %s', (given, expected) => {
    expect(redactBody(given, 'text/plain').text).toBe(expected);
  });

  it('does not take long over a hostile text', () => {
    const startedAt = performance.now();
    for (const text of ['"'.repeat(16_384), '"a":'.repeat(4096), 'a='.repeat(8192), 'eyJ'.repeat(5461)])
      redactBody(text, JSON_TYPE);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});

describe('redactQuery()', () => {
  it('changes values of secret parameters only', () => {
    expect(redactQuery('/a/token=1?x=1&token=abc&y=')).toBe('/a/token=1?x=1&token=[redacted]&y=');
    expect(redactQuery('/plain')).toBe('/plain');
  });
});
