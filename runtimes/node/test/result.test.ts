import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { InvalidResult, isStream, toAnswer } from '../server/result.cjs';

describe('toAnswer()', () => {
  it('makes 204 of no result', () => {
    for (const result of [undefined, null]) {
      expect(toAnswer(result)).toEqual({ status: 204, headers: [], body: null, stream: null });
    }
  });

  it('writes anything that is not a response as JSON', () => {
    for (const result of ['text', 0, false, [1], { a: 1 }, { statusCode: undefined, body: 'x' }]) {
      const answer = toAnswer(result);
      expect(answer.status).toBe(200);
      expect(JSON.parse(String(answer.body))).toEqual(JSON.parse(JSON.stringify(result)));
    }
  });

  it('keeps repeated headers apart and leaves out what the server says itself', () => {
    const headers = {
      'X-A': ['1', 2],
      'X-None': null,
      Connection: 'close',
      'Transfer-Encoding': 'chunked',
      'X-Plat-Any': '1',
    };
    expect(toAnswer({ statusCode: 200, headers }).headers).toEqual([
      ['x-a', '1'],
      ['x-a', '2'],
    ]);
  });

  it('takes a web Response with its cookies', () => {
    const response = new Response('hi', {
      status: 201,
      headers: [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-a', '1'],
      ],
    });
    const answer = toAnswer(response);
    expect(answer.status).toBe(201);
    expect(answer.headers.filter(([name]) => name === 'set-cookie')).toEqual([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]);
    expect(answer.stream).toBe(response.body);
  });

  it('names what was wrong with a response', () => {
    const wrong: [unknown, string][] = [
      [{ statusCode: 600 }, '600'],
      [{ statusCode: 200.5 }, '200.5'],
      [{ statusCode: true }, 'true'],
      [{ statusCode: 200, headers: 'no' }, 'headers must be an object'],
      [{ statusCode: 200, headers: { a: {} } }, '"a"'],
      [{ statusCode: 200, headers: { 'a:b': '1' } }, '"a:b"'],
      [{ statusCode: 200, headers: { a: 'ü€' } }, '"a"'],
      [{ statusCode: 200, cookies: 'a=1' }, 'cookies'],
      [{ statusCode: 200, body: { big: 1n } }, 'BigInt'],
      [() => 1, 'function'],
    ];
    for (const [result, words] of wrong) {
      expect(() => toAnswer(result)).toThrow(InvalidResult);
      expect(() => toAnswer(result)).toThrow(words);
    }
  });
});

describe('isStream()', () => {
  it('knows streams and iterators from values that are only iterable', () => {
    const streams = [
      Readable.from(['a']),
      new ReadableStream(),
      (async function* () {})(),
      (function* () {})(),
      [1].values(),
    ];
    expect(streams.map((value) => isStream(value))).toEqual([true, true, true, true, true]);
    const values = ['text', [1], new Map(), new Set(), Buffer.from('a'), new ArrayBuffer(1), {}, null, 1];
    expect(values.filter((value) => isStream(value))).toEqual([]);
  });
});
