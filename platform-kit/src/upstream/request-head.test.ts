import { describe, expect, it } from 'vitest';
import { writeRequestHead } from './request-head.ts';

const head = (over: object = {}, hasBody = false) =>
  writeRequestHead(
    { method: 'GET', path: '/a?b=c', headers: ['x-a', 'b'], ...over },
    'instance:8080',
    hasBody,
  );

describe('writeRequestHead()', () => {
  it('writes a head with a host, the caller’s or the server’s', () => {
    expect(head()).toBe(
      'GET /a?b=c HTTP/1.1\r\nx-a: b\r\nhost: instance:8080\r\nconnection: keep-alive\r\n\r\n',
    );
    expect(head({ headers: ['Host', 'a.example'] })).toBe(
      'GET /a?b=c HTTP/1.1\r\nHost: a.example\r\nconnection: keep-alive\r\n\r\n',
    );
  });

  it('frames a body by its length, or in chunks when nobody knows it', () => {
    expect(head({ method: 'POST', headers: ['Content-Length', '5'] }, true)).not.toContain(
      'transfer-encoding',
    );
    expect(head({ method: 'POST' }, true)).toContain('\r\ntransfer-encoding: chunked\r\n');
    expect(head({ method: 'POST' })).toContain('\r\ncontent-length: 0\r\n');
    expect(head()).not.toContain('content-length');
  });

  it.each([
    ['a line break in a value', { headers: ['x-a', 'b\r\nx-b: c'] }],
    ['a bare CR', { headers: ['x-a', 'b\rc'] }],
    ['a name with a colon', { headers: ['x:a', 'b'] }],
    ['a name with a line break', { headers: ['x\r\ny', 'b'] }],
    ['an empty name', { headers: ['', 'b'] }],
    ['a blank in the path', { path: '/a HTTP/1.1\r\nx: y' }],
    ['a path that latin1 does not have', { path: '/\u2028' }],
    ['no path', { path: '' }],
    ['a method with a blank', { method: 'GET /' }],
  ])('refuses %s', (_what, over) => {
    expect(() => head(over)).toThrow(expect.objectContaining({ code: 'bad_request' }));
  });
});
