import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { IDENTITY, type Case } from './case.ts';
import { json, send } from './http-client.ts';

/** What the handler is given: the event and the context. */
export const requestCases: Case[] = [
  {
    name: 'gives an HTTP call as an event of payload format 2.0',
    check: async ({ shared }) => {
      const before = Date.now();
      const received = await send(shared, {
        method: 'POST',
        path: '/a%20b/c?x=1&x=2&empty=&enc=%C3%BC+y',
        requestId: 'request-1',
        headers: {
          host: 'demo.platform.test:8080',
          cookie: 'a=1; b=2',
          'content-type': 'application/json',
          'X-Mixed-Case': 'Kept',
          'x-twice': ['one', 'two'],
          'x-forwarded-for': '203.0.113.9, 10.0.0.1',
          'user-agent': 'conformance',
          'x-request-id': 'request-1',
          'x-plat-event': 'http',
        },
        body: '{"ü":1}',
      });
      expect(received.status).toBe(200);
      const event = json(received);
      expect(event).toMatchObject({
        version: '2.0',
        routeKey: '$default',
        rawPath: '/a%20b/c',
        rawQueryString: 'x=1&x=2&empty=&enc=%C3%BC+y',
        cookies: ['a=1', 'b=2'],
        queryStringParameters: { x: '1,2', empty: '', enc: 'ü y' },
        body: '{"ü":1}',
        isBase64Encoded: false,
        requestContext: {
          accountId: 'plat',
          apiId: IDENTITY.PLAT_FUNCTION,
          domainName: 'demo.platform.test',
          domainPrefix: 'demo',
          http: {
            method: 'POST',
            path: '/a%20b/c',
            protocol: 'HTTP/1.1',
            sourceIp: '203.0.113.9',
            userAgent: 'conformance',
          },
          requestId: 'request-1',
          routeKey: '$default',
          stage: '$default',
        },
      });
      expect(event.headers).toMatchObject({
        'x-mixed-case': 'Kept',
        'x-twice': 'one,two',
        'x-request-id': 'request-1',
      });
      expect(
        Object.keys(event.headers).filter((name) => /^x-plat-|^cookie$|^connection$/.test(name)),
      ).toEqual([]);
      expect(event.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
      expect(Math.abs(event.requestContext.timeEpoch - before)).toBeLessThan(60_000);
    },
  },
  {
    name: 'leaves out of the event what the call does not have',
    check: async ({ shared }) => {
      const event = json(await send(shared));
      expect(Object.keys(event).sort()).toEqual(
        [
          'headers',
          'isBase64Encoded',
          'rawPath',
          'rawQueryString',
          'requestContext',
          'routeKey',
          'version',
        ].sort(),
      );
      expect(event).toMatchObject({ rawPath: '/', rawQueryString: '', isBase64Encoded: false });
    },
  },
  {
    name: 'gives the JSON body of a direct call as the event itself',
    check: async ({ shared }) => {
      const received = await send(shared, {
        method: 'POST',
        headers: { 'x-plat-event': 'direct', 'content-type': 'application/json' },
        body: JSON.stringify({ case: 'echo-event', nested: { list: [1, 'ü', null] } }),
      });
      expect(json(received)).toEqual({ case: 'echo-event', nested: { list: [1, 'ü', null] } });
    },
  },
  {
    name: 'refuses a direct call whose body is not JSON',
    check: async ({ shared }) => {
      const received = await send(shared, {
        method: 'POST',
        headers: { 'x-plat-event': 'direct' },
        body: '{nope',
      });
      expect(received.status).toBe(400);
      expect(received.headers['x-plat-outcome']).toBe('invalid');
      expect(json(received)).toMatchObject({ errorType: 'InvalidEvent' });
    },
  },
  {
    name: 'gives a text body as a string and any other as base64',
    check: async ({ shared }) => {
      const bodies: { type: string | undefined; encoding?: string; body: Buffer; isBase64: boolean }[] = [
        { type: 'text/plain; charset=utf-8', body: Buffer.from('grüße'), isBase64: false },
        { type: 'application/vnd.api+json', body: Buffer.from('{}'), isBase64: false },
        { type: 'application/x-www-form-urlencoded', body: Buffer.from('a=1'), isBase64: false },
        { type: undefined, body: Buffer.from('plain'), isBase64: false },
        { type: undefined, body: Buffer.from([0xff, 0xfe]), isBase64: true },
        { type: 'text/plain', body: Buffer.from([0xc3, 0x28]), isBase64: true },
        { type: 'text/plain; charset=iso-8859-1', body: Buffer.from('a'), isBase64: true },
        { type: 'application/octet-stream', body: Buffer.from('text'), isBase64: true },
        { type: 'application/json', encoding: 'gzip', body: gzipSync('{}'), isBase64: true },
      ];
      for (const { type, encoding, body, isBase64 } of bodies) {
        const headers = {
          ...(type && { 'content-type': type }),
          ...(encoding && { 'content-encoding': encoding }),
        };
        const event = json(await send(shared, { method: 'POST', headers, body }));
        expect({ type, isBase64Encoded: event.isBase64Encoded }).toEqual({ type, isBase64Encoded: isBase64 });
        expect(Buffer.from(event.body, isBase64 ? 'base64' : 'utf8')).toEqual(body);
      }
    },
  },
  {
    name: 'carries bytes in and out unchanged',
    check: async ({ shared }) => {
      const body = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7919) % 256));
      const headers = { 'content-type': 'application/octet-stream' };
      const received = await send(shared, { case: 'echo-bytes', method: 'PUT', headers, body });
      expect(received.body.equals(body)).toBe(true);
    },
  },
  {
    name: 'lets the handler parse a JSON body',
    check: async ({ shared }) => {
      const headers = { 'content-type': 'application/json' };
      expect(
        json(await send(shared, { case: 'echo-json', method: 'POST', headers, body: '[1,{"a":2}]' })),
      ).toEqual([1, { a: 2 }]);
    },
  },
  {
    name: 'tells in the context who is called and how long the call may take',
    check: async ({ shared }) => {
      const headers = { 'x-plat-timeout-ms': '5000' };
      const context = json(await send(shared, { case: 'context', requestId: 'request-2', headers }));
      expect(context).toMatchObject({
        functionName: IDENTITY.PLAT_FUNCTION,
        functionVersion: IDENTITY.PLAT_VERSION,
        project: IDENTITY.PLAT_PROJECT,
        memoryMb: 256,
        requestId: 'request-2',
        awsRequestId: 'request-2',
      });
      expect(context.remainingMs).toBeGreaterThan(0);
      expect(context.remainingMs).toBeLessThanOrEqual(5000);
    },
  },
];
