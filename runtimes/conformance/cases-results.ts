import { expect } from 'vitest';
import type { Case } from './case.ts';
import { json, send, type Received } from './http-client.ts';

/** What an answer of the handler becomes. */
export const resultCases: Case[] = [
  answers('nothing', 'answers 204 without a body to no result', (received) => {
    expect(received.status).toBe(204);
    expect(received.body).toHaveLength(0);
    expect(received.headers['content-length']).toBeUndefined();
    expect(received.headers['x-plat-outcome']).toBe('ok');
  }),
  answers('text', 'writes a string as JSON', (received) => expectJson(received, 'text')),
  answers('number', 'writes a number as JSON', (received) => expectJson(received, 42)),
  answers('no', 'writes false as JSON', (received) => expectJson(received, false)),
  answers('list', 'writes a list as JSON', (received) => expectJson(received, [1, 'two', null])),
  answers('status-headers-cookies', 'takes status, headers and cookies from the result', (received) => {
    expect(received.status).toBe(201);
    expect(received.headers['content-type']).toBe('text/x-made');
    expect(received.headers['x-one']).toBe('1');
    expect(received.headers['x-number']).toBe('7');
    expect(valuesOf(received, 'x-many')).toEqual(['a', 'b']);
    expect(received.headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2']);
    expect(received.body.toString()).toBe('made');
  }),
  answers('status-headers-cookies', 'drops control headers that the function sets', (received) => {
    expect(valuesOf(received, 'x-plat-outcome')).toEqual(['ok']);
    expect(received.headers['x-plat-forged']).toBeUndefined();
  }),
  answers('status-headers-cookies', 'tells CPU time and memory of each call', (received) => {
    expect(Number(received.headers['x-plat-cpu-us'])).toBeGreaterThanOrEqual(0);
    expect(Number(received.headers['x-plat-memory-bytes'])).toBeGreaterThan(1_000_000);
  }),
  answers('multi-value-headers', 'prefers multiValueHeaders over headers', (received) => {
    expect(valuesOf(received, 'x-many')).toEqual(['a', 'b']);
  }),
  answers('text-body', 'sends a string body as text', (received) => {
    expect(received.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(received.body.toString('utf8')).toBe('grüße');
    expect(received.headers['content-length']).toBe('7');
  }),
  answers('object-body', 'sends an object body as JSON', (received) => expectJson(received, { a: [1] })),
  answers('typed-object-body', 'keeps the content type of an object body', (received) => {
    expect(received.headers['content-type']).toBe('application/problem+json');
    expect(json(received)).toEqual({ a: 1 });
  }),
  answers('bytes-body', 'sends a body of bytes', (received) => {
    expect(received.headers['content-type']).toBe('image/x-test');
    expect([...received.body]).toEqual([0, 255, 10, 13, 128]);
  }),
  answers('base64-body', 'decodes a base64 body', (received) => {
    expect([...received.body].slice(0, 4)).toEqual([0, 255, 10, 13]);
  }),
  answers('empty-body', 'sends no body for null', (received) => {
    expect(received.status).toBe(202);
    expect(received.headers['content-length']).toBe('0');
  }),
  answers('no-content-with-body', 'sends no body with 204', (received) => {
    expect(received.status).toBe(204);
    expect(received.body).toHaveLength(0);
  }),
  answers('six-megabytes', 'sends six megabytes', (received) => {
    expect(received.body).toHaveLength(6 * 1024 * 1024);
    expect(received.isWhole).toBe(true);
  }),
  {
    name: 'answers HEAD with the headers alone',
    check: async ({ shared }) => {
      const received = await send(shared, { case: 'text-body', method: 'HEAD' });
      expect(received.status).toBe(200);
      expect(received.headers['content-length']).toBe('7');
      expect(received.body).toHaveLength(0);
    },
  },
  invalid('status-99', ['statusCode', '99']),
  invalid('status-text', ['statusCode', '"abc"']),
  invalid('header-name', ['"not a name"']),
  invalid('header-value', ['x-split']),
  invalid('not-base64', ['base64']),
  invalid('cyclic', ['JSON', 'ircular']),
  invalid('no-json', ['JSON']),
];

function answers(fixtureCase: string, name: string, check: (received: Received) => void): Case {
  return {
    name,
    needs: fixtureCase,
    check: async ({ shared }) => check(await send(shared, { case: fixtureCase })),
  };
}

function invalid(fixtureCase: string, words: string[]): Case {
  return answers(
    fixtureCase,
    `calls the result "${fixtureCase}" invalid and says what was wrong`,
    (received) => {
      expect(received.status).toBe(500);
      expect(received.headers['x-plat-outcome']).toBe('invalid');
      expect(received.headers['x-injected']).toBeUndefined();
      const { errorType, errorMessage } = json(received);
      expect(errorType).toBe('InvalidResult');
      for (const word of words) expect(errorMessage).toContain(word);
    },
  );
}

function expectJson(received: Received, value: unknown): void {
  expect(received.status).toBe(200);
  expect(received.headers['content-type']).toBe('application/json');
  expect(json(received)).toEqual(value);
}

function valuesOf(received: Received, name: string): string[] {
  return received.rawHeaders.filter(
    (_, index) => index % 2 === 1 && received.rawHeaders[index - 1]!.toLowerCase() === name,
  );
}
