import { describe, expect, it } from 'vitest';
import { checkJson, httpRequest, isHttpCall } from './invoke-request.ts';

const TARGET = { project: 'default', name: 'hello', selector: { alias: 'live' } };

describe('checkJson()', () => {
  it.each([
    ['{"name":\n  Ada}', 'line 2, column 3: Unexpected token'],
    ['[1,]', 'line 1, column 4: Unexpected token'],
    ['{a}', 'line 1, column 2: Expected property name'],
    ['{"a":1', 'line 1, column 7: Expected'],
    ['', 'line 1, column 1: Unexpected end'],
    [`[${'1,'.repeat(500)}x]`, 'line 1, column 1002: Unexpected token'],
  ])('says where %j stops being JSON', (text, expected) => {
    expect(() => checkJson(text)).toThrow(`not valid JSON at ${expected}`);
  });

  it('takes every JSON value', () => {
    for (const text of ['{}', '[]', '1', '"x"', 'null', ' true ']) checkJson(text);
  });
});

describe('httpRequest()', () => {
  it('joins path and query', () => {
    const at = (path: string | undefined, query?: [string, string][]) =>
      httpRequest(TARGET, { path, query }, undefined).path;
    expect(at(undefined)).toBe('/function/default.hello');
    expect(at('a')).toBe('/function/default.hello/a');
    expect(at('?x=1', [['y', '&']])).toBe('/function/default.hello?x=1&y=%26');
    expect(at(undefined, [['y', 'é']])).toBe('/function/default.hello?y=%C3%A9');
  });

  it('keeps headers that stand twice, and the content type that was given', () => {
    const header: [string, string][] = [['X-A', '1'], ['x-a', '2'], ['Content-Type', 'text/csv']]; // prettier-ignore
    const request = httpRequest(TARGET, { header }, Buffer.from('{}'));
    expect(request).toMatchObject({
      method: 'POST',
      headers: { 'x-a': ['1', '2'], 'content-type': 'text/csv' },
    });
    expect(httpRequest(TARGET, {}, Buffer.from([0xff])).headers['content-type']).toBe(
      'application/octet-stream',
    );
  });
});

describe('isHttpCall()', () => {
  it('is true with any option only HTTP has', () => {
    expect(isHttpCall({})).toBe(false);
    for (const flags of [
      { method: 'GET' },
      { path: '/' },
      { query: [['a', '1']] },
      { header: [['a', '1']] },
    ]) {
      expect(isHttpCall(flags as never)).toBe(true);
    }
  });
});
