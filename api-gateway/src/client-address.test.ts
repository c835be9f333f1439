import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { clientAddress } from './client-address.ts';

function from(remoteAddress: string, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

test.each([
  [0, '10.0.0.1', undefined, '10.0.0.1'],
  [0, '10.0.0.1', '1.2.3.4', '10.0.0.1'],
  [1, '10.0.0.1', '1.2.3.4', '1.2.3.4'],
  [1, '10.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
  [2, '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', '1.2.3.4'],
  [2, '10.0.0.1', '1.2.3.4', '1.2.3.4'],
  [1, '10.0.0.1', 'nonsense', '10.0.0.1'],
  [1, '10.0.0.1', undefined, '10.0.0.1'],
])('clientAddress() behind %i proxies, peer %s, X-Forwarded-For %o', (hops, peer, forwarded, expected) => {
  expect(clientAddress(from(peer, forwarded), hops)).toBe(expected);
});
