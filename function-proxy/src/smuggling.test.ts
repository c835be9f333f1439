import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProxyHarness } from './testing/proxy-harness.ts';
import { fakeFunction } from './testing/fake-records.ts';
import type { TestInstance } from './testing/test-instance.ts';

/** What functions see of requests that two servers could read differently, sent to the listener behind Traefik. */
const shop = fakeFunction({ name: 'cart', project: 'shop' });
const HOST = 'Host: shop-cart.platform.test\r\n';

let harness: ProxyHarness;
let instance: TestInstance;
const bodies: string[] = [];

beforeEach(async () => {
  bodies.length = 0;
  harness = await ProxyHarness.start([shop]);
  instance = await harness.addInstance(shop, {
    behaviour: (req, res) => {
      let body = '';
      req.setEncoding('latin1').on('data', (chunk: string) => (body += chunk));
      req.on('end', () => {
        bodies.push(body);
        res.end('seen');
      });
    },
  });
});
afterEach(() => harness.close());

/** Sends the bytes, and gives back the statuses of all answers until the connection closes. */
function send(bytes: string): Promise<number[]> {
  return new Promise((resolve, reject) => {
    let text = '';
    const { port, hostname } = new URL(harness.proxy.edgeUrl!);
    const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'));
    socket.setTimeout(5000, () => socket.destroy());
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => resolve([...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status))));
  });
} // prettier-ignore

const SECOND = `GET /admin HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;

describe('a request that could be smuggled', () => {
  it.each<[string, string]>([
    ['a length and chunks', `POST / HTTP/1.1\r\n${HOST}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SECOND}`],
    ['chunks and a length', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n${SECOND}`],
    ['two lengths', `POST / HTTP/1.1\r\n${HOST}Content-Length: 0\r\nContent-Length: ${SECOND.length}\r\n\r\n${SECOND}`],
    ['a length with a sign', `POST / HTTP/1.1\r\n${HOST}Content-Length: +${SECOND.length}\r\n\r\n${SECOND}`],
    ['a length in hex', `POST / HTTP/1.1\r\n${HOST}Content-Length: 0x10\r\n\r\n${SECOND}`],
    ['a coding that is not the last', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${SECOND}`],
    ['a coding that nearly is one', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SECOND}`],
    ['a blank before the colon', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${SECOND}`],
    ['a folded coding', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${SECOND}`],
    ['a bare LF within a header', `GET / HTTP/1.1\r\n${HOST}X: a\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc${SECOND}`],
    ['a bare CR within a header', `GET / HTTP/1.1\r\n${HOST}X: a\rY: b\r\n\r\n${SECOND}`],
    ['a NUL within a header', `GET / HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n${SECOND}`],
    ['a chunk size that overflows', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n${SECOND}`],
    ['a chunk that is longer than it says', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n${SECOND}`],
    ['a LF alone after a chunk size', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n${SECOND}`],
    ['two Hosts', `GET / HTTP/1.1\r\n${HOST}Host: shop-other.platform.test\r\n\r\n${SECOND}`],
    ['a version that is none', `GET / HTTP/1.1x\r\n${HOST}\r\n${SECOND}`],
  ])('by %s is refused, and what follows it is not read', async (_what, bytes) => {
    const statuses = await send(bytes);
    expect(statuses.filter((status) => status < 400)).toEqual([]);
    expect(instance.requests.map(({ url }) => url)).not.toContain('/admin');
    expect(bodies).toEqual([]);
  }); // prettier-ignore

  it('by chunk extensions and trailers reaches the function as its body alone', async () => {
    const chunks = `3;name="0;1";b=c\r\nabc\r\n0;last\r\nX-Plat-Outcome: error\r\n\r\n`;
    const statuses = await send(`POST /x HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${chunks}${SECOND}`);
    expect(statuses).toEqual([200, 200]);
    expect(bodies).toEqual(['abc', '']);
    expect(instance.requests.map(({ url }) => url)).toEqual(['/x', '/admin']);
    for (const { headers } of instance.requests) expect(headers).not.toHaveProperty('x-plat-outcome');
  }); // prettier-ignore

  it('reaches the function with one framing, one host, and nothing of this hop', async () => {
    const forged = [
      'Connection: close, X-Secret, X-Forwarded-For, Content-Length, Host',
      'X-Secret: 1',
      'Keep-Alive: timeout=1',
      'TE: trailers',
      'Trailer: x',
      'Proxy-Authorization: Basic a',
      'Proxy-Connection: close',
      'Upgrade: h2c',
      'X-Plat-Request-Id: forged',
      'X_Plat_Request_Id: forged',
      'x-PLAT_timeout-Ms: 1',
      'X_Request_Id: forged',
      'X_Forwarded_Host: forged',
      'Content-Length: 3',
    ].join('\r\n');
    expect(await send(`POST /x HTTP/1.1\r\n${HOST}${forged}\r\n\r\nabc`)).toEqual([200]);
    const { rawHeaders } = instance.requests[0]!;
    const names = rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.includes('_'))).toEqual([]);
    for (const name of ['te', 'trailer', 'x-secret', 'keep-alive', 'upgrade', 'transfer-encoding'])
      expect(names).not.toContain(name);
    expect(names.filter((name) => name.startsWith('proxy-'))).toEqual([]);
    expect(names.filter((name) => name === 'content-length' || name === 'host')).toHaveLength(2);
    expect(JSON.stringify(rawHeaders)).not.toContain('forged');
    expect(bodies).toEqual(['abc']);
  });

  it.each(['/a%2F..%2Fadmin', '/a/../admin', '//admin', '/%2e%2e/admin', '/a;x=..%2f', '/a%00b', '/a?b#c', '/a\\..\\b'])(
    'by its path %s reaches the function byte for byte',
    async (path) => {
      expect(await send(`GET ${path} HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`)).toEqual([200]);
      expect(instance.requests.map(({ url }) => url)).toEqual([path]);
    },
  ); // prettier-ignore
});
