import { Agent } from 'node:http';
import { expect } from 'vitest';
import type { Case } from './case.ts';
import { json, send, sendRaw } from './http-client.ts';

/** HTTP itself, down to the bytes. */
export const protocolCases: Case[] = [
  {
    name: 'answers requests of one connection one after the other',
    check: async ({ shared }) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let index = 0; index < 3; index += 1) {
        expect(json(await send(shared, { case: 'number', agent }))).toBe(42);
      }
      agent.destroy();
    },
  },
  {
    name: 'keeps the order of requests that are sent ahead',
    check: async ({ shared }) => {
      const one = (name: string) => `GET / HTTP/1.1\r\nhost: x\r\nx-case: ${name}\r\n\r\n`;
      const last = `GET / HTTP/1.1\r\nhost: x\r\nx-case: list\r\nconnection: close\r\n\r\n`;
      const received = await sendRaw(shared, one('text') + one('number') + last);
      expect(received).toMatch(/"text"HTTP\/1\.1 200[^]*\r\n\r\n42HTTP\/1\.1 200[^]*\[1,"two",null\]$/);
    },
  },
  {
    name: 'reads a chunked body, and the request after it',
    check: async ({ shared }) => {
      const head = 'POST / HTTP/1.1\r\nhost: x\r\nx-case: echo-bytes\r\ntransfer-encoding: chunked\r\n';
      const body = '3;note=1\r\nabc\r\n4\r\ndefg\r\n0\r\nx-trailer: 1\r\n\r\n';
      const next = 'GET / HTTP/1.1\r\nhost: x\r\nx-case: number\r\nconnection: close\r\n\r\n';
      expect(await sendRaw(shared, `${head}\r\n${body}${next}`)).toMatch(
        /\r\n\r\nabcdefgHTTP\/1\.1 200[^]*\r\n\r\n42$/,
      );
    },
  },
  {
    name: 'says 100 Continue to a client that waits for it',
    check: async ({ shared }) => {
      const head =
        'POST / HTTP/1.1\r\nhost: x\r\nx-case: number\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n';
      expect(await sendRaw(shared, head, /\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 100 Continue\r\n/);
    },
  },
  refused('a request that is not HTTP', 'what is this?\r\n\r\n', 400),
  refused('a header without a colon', 'GET / HTTP/1.1\r\nhost x\r\n\r\n', 400),
  refused(
    'a body with two lengths',
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n',
    400,
  ),
  refused(
    'a wrong chunk size',
    'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    400,
  ),
  refused(
    'headers of more than 32 KiB',
    `GET / HTTP/1.1\r\nhost: x\r\nx-much: ${'m'.repeat(40_000)}\r\n\r\n`,
    431,
  ),
  {
    name: 'refuses to switch protocols',
    check: async ({ shared }) => {
      const received = await sendRaw(
        shared,
        'GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\r\n',
        /\}$/,
      );
      expect(received).toMatch(/^HTTP\/1\.1 501 /);
      expect(received).toMatch(/x-plat-outcome: invalid/i);
    },
  },
  {
    name: 'refuses a body over the limit, with its length known or not',
    check: async ({ start, fixture }) => {
      const instance = await start({ PLAT_HANDLER: fixture.handler, PLAT_BODY_LIMIT_BYTES: '1000' });
      const fits = await send(instance, { case: 'number', method: 'POST', body: 'x'.repeat(1000) });
      expect(fits.status).toBe(200);
      const known = await send(instance, { case: 'number', method: 'POST', body: 'x'.repeat(1001) });
      expect(known.status).toBe(413);
      expect(known.headers['x-plat-outcome']).toBe('invalid');
      expect(json(known)).toMatchObject({
        errorType: 'BodyTooLarge',
        errorMessage: expect.stringContaining('1000'),
      });
      const headers = { 'transfer-encoding': 'chunked' };
      const unknown = await send(instance, {
        case: 'number',
        method: 'POST',
        headers,
        body: 'x'.repeat(1001),
      });
      expect(unknown.status).toBe(413);
    },
  },
  {
    name: 'answers HTTP/1.0 without chunks and closes',
    check: async ({ shared }) => {
      const received = await sendRaw(shared, 'GET / HTTP/1.0\r\nx-case: stream-result\r\n\r\n');
      expect(received).toMatch(/\r\n\r\nchunk 0\nchunk 1\nchunk 2\n$/);
      expect(received).not.toMatch(/transfer-encoding/i);
    },
  },
  {
    name: 'survives callers that leave in the middle of everything',
    check: async ({ shared }) => {
      const head = 'POST / HTTP/1.1\r\nhost: x\r\nx-case: number\r\n';
      await sendRaw(shared, `${head}expect: 100-continue\r\ncontent-length: 100\r\n\r\nhalf`, /100 Continue/);
      await sendRaw(shared, `GET / HTTP/1.1\r\nhost: x\r\nx-case: six-megabytes\r\n\r\n`, /200 OK/);
      expect(json(await send(shared, { case: 'number' }))).toBe(42);
    },
  },
];

function refused(what: string, bytes: string, status: number): Case {
  return {
    name: `refuses ${what} with ${status}`,
    check: async ({ shared }) => {
      const received = await sendRaw(shared, bytes);
      expect(received.slice(0, 13)).toBe(`HTTP/1.1 ${status} `);
      expect(received).toMatch(/x-plat-outcome: invalid/i);
      expect(JSON.parse(received.slice(received.indexOf('\r\n\r\n')))).toMatchObject({
        errorType: expect.any(String),
      });
    },
  };
}
