import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from 'node:net';
import { rawRequest } from './testing/raw-request.ts';
import { TOKENS, startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.invoker.hosts.add('shop-cart.platform.test').add('shop-cart.localhost');
});
afterAll(() => gateway.close());

const AUTH = `authorization: Bearer ${TOKENS.admin}\r\n`;

function get(path: string, host: string, more = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`;
}

function problemIn(answer: string): {
  status: number;
  code: string;
  detail: string;
  component: string;
  requestId: string;
} {
  expect(answer).toContain('application/problem+json');
  return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
}

test.each(['shop-cart.platform.test', 'shop-cart.localhost:8080', 'SHOP-CART.platform.test'])(
  "a function's own host %s answers without a token, on any path",
  async (host) => {
    for (const path of ['/', '/function/other', '/api/whoami', '/healthz']) {
      expect(await rawRequest(gateway.port, get(path, host))).toMatch(/\r\n\r\nedge$/);
      expect(gateway.invoker.edgeCalls.at(-1)?.url).toBe(path);
    }
  },
);

test("a host that could be a function's and is none is not found", async () => {
  const problem = problemIn(await rawRequest(gateway.port, get('/', 'nobody.platform.test')));
  expect(problem).toMatchObject({ status: 404, code: 'not_found', component: 'api-gateway' });
  expect(problem.detail).toContain('No function has the host "nobody.platform.test"');
});

test.each([
  'localhost:8080',
  '127.0.0.1',
  'platform.test',
  '[::1]:80',
  'a.b.platform.test',
  'elsewhere.example.com',
])("host %s is the gateway's", async (host) => {
  expect(await rawRequest(gateway.port, get('/healthz', host))).toContain('"status":"ok"');
});

test("a function's own host keeps the caller's authorization and loses x-plat headers", async () => {
  const more = 'authorization: Basic abc\r\nx-plat-project: other\r\nX_Plat_Trigger: api\r\n';
  await rawRequest(gateway.port, get('/', 'shop-cart.platform.test', more));
  const { headers } = gateway.invoker.edgeCalls.at(-1)!;
  expect(headers.authorization).toBe('Basic abc');
  expect(Object.keys(headers).filter((name) => /plat/.test(name))).toEqual([]);
});

test.each([
  ['an absolute target', 'GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  [
    'several Host headers',
    'GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: shop-cart.platform.test\r\n\r\n',
  ],
  ['no Host header', 'GET /healthz HTTP/1.1\r\n\r\n'],
  ['a Host that is none', 'GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n'],
  [
    'both lengths',
    'POST /function/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'two lengths',
    'POST /function/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc',
  ],
  ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n'],
  ['garbage', 'this is not HTTP\r\n\r\n'],
  ['a broken header', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nbroken header\r\n\r\n'],
  ['headers over the limit', `GET /healthz HTTP/1.1\r\nHost: localhost\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`],
  ['an unknown expectation', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nExpect: a-miracle\r\n\r\n'],
])('a request with %s is answered with a 400 problem, and the connection closed', async (_what, request) => {
  const answer = await rawRequest(gateway.port, request);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer.toLowerCase()).toContain('connection: close');
  expect(problemIn(answer)).toMatchObject({ status: 400, code: 'invalid', component: 'api-gateway' });
});

test('a client that resets its connection while it is refused harms nobody', async () => {
  for (const request of [
    'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
    'garbage\r\n\r\n',
    get('/function/x', 'a b'),
  ]) {
    const socket = connect(gateway.port, '127.0.0.1');
    await new Promise<void>((resolve) => {
      socket.on('error', () => undefined).once('close', () => resolve());
      socket.write(request.repeat(50), () => socket.resetAndDestroy());
    });
  }
  expect((await gateway.call('GET', '/healthz')).status).toBe(200);
});

test('a request id is taken over when it is harmless, and made when it is not', async () => {
  const kept = await gateway.call('GET', '/api/whoami', { headers: { 'x-request-id': 'my-id.1' } });
  expect(kept.headers.get('x-request-id')).toBe('my-id.1');
  const made = await gateway.call('GET', '/api/nothing', { headers: { 'x-request-id': 'a b"c' } });
  expect(made.headers.get('x-request-id')).toMatch(/^[a-z0-9]{20}$/);
  expect(made.body.requestId).toBe(made.headers.get('x-request-id'));
});

test('an offer of HTTP/2 is ignored and the request answered, body and all', async () => {
  const offer = 'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
  const plain = await rawRequest(gateway.port, `GET /healthz HTTP/1.1\r\nHost: localhost\r\n${offer}\r\n`, {
    until: '"status":"ok"',
  });
  expect(plain).toMatch(/^HTTP\/1\.1 200 /);
  const body = 'x'.repeat(1000);
  const posted = await rawRequest(
    gateway.port,
    `POST /function/hello HTTP/1.1\r\nHost: localhost\r\n${AUTH}${offer}Content-Length: ${body.length}\r\n\r\n${body}`,
    { until: '"trigger":"api"' },
  );
  expect(posted).toMatch(/^HTTP\/1\.1 200 /);
  expect(gateway.invoker.calls.at(-1)?.body).toBe(body);
});

const WEBSOCKET =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAA\r\n';

test('a WebSocket reaches a function by path with a token, and by its own host without one', async () => {
  const byPath = `GET /function/chat/room HTTP/1.1\r\nHost: localhost\r\n${AUTH}${WEBSOCKET}\r\n`;
  expect(await rawRequest(gateway.port, byPath)).toMatch(/^HTTP\/1\.1 101 .*upgraded chat$/s);
  const byHost = `GET / HTTP/1.1\r\nHost: shop-cart.localhost\r\n${WEBSOCKET}\r\n`;
  expect(await rawRequest(gateway.port, byHost)).toMatch(/^HTTP\/1\.1 101 .*edge$/s);
});

test('a WebSocket without a token, or to something that is no function, is refused with a problem', async () => {
  const noToken = `GET /function/chat HTTP/1.1\r\nHost: localhost\r\n${WEBSOCKET}\r\n`;
  expect(problemIn(await rawRequest(gateway.port, noToken))).toMatchObject({ code: 'unauthenticated' });
  const inQuery = `GET /function/chat?access_token=dev-token HTTP/1.1\r\nHost: localhost\r\n${WEBSOCKET}\r\n`;
  expect(problemIn(await rawRequest(gateway.port, inQuery))).toMatchObject({ code: 'unauthenticated' });
  const toApi = `GET /api/whoami HTTP/1.1\r\nHost: localhost\r\n${AUTH}${WEBSOCKET}\r\n`;
  expect(problemIn(await rawRequest(gateway.port, toApi))).toMatchObject({ code: 'invalid' });
});

test('close() ends although a WebSocket and an event stream are open', async () => {
  const other = await startGateway();
  const version = other.metadata.addVersion('shop', 'cart');
  const socket = connect(other.port, '127.0.0.1');
  const closed = new Promise((resolve) => socket.on('close', resolve).on('error', resolve));
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk) => String(chunk).includes('event: state') && resolve());
    socket.write(
      get(`/api/projects/shop/functions/cart/versions/${version.number}/events`, 'localhost', AUTH),
    );
  });
  await other.close();
  await closed;
});

const CALL = `GET /function/second HTTP/1.1\r\nHost: localhost\r\n${AUTH}\r\n`;

test.each<[string, string]>([
  ['a length and chunks', `${'Content-Length: 6\r\nTransfer-Encoding: chunked'}\r\n\r\n0\r\n\r\n`],
  ['a length with a sign', 'Content-Length: +5\r\n\r\n'],
  ['a coding that is not the last', 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
  ['a coding that nearly is one', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
  ['a blank before the colon', 'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
  ['a folded coding beside a length', 'Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n'],
  ['a bare LF within a header', 'X: a\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc'],
  ['a bare CR within a header', 'X: a\rY: b\r\n\r\n'],
  ['a NUL within a header', 'X: a\0b\r\n\r\n'],
  ['a chunk size that overflows', 'Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n'],
  ['a chunk that is longer than it says', 'Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n'],
  ['two Hosts', 'Host: shop-cart.platform.test\r\n\r\n'],
])('a request with %s is refused, and what follows it on the connection is not read', async (_what, rest) => {
  const before = gateway.invoker.calls.length;
  const answer = await rawRequest(
    gateway.port,
    `POST /function/first HTTP/1.1\r\nHost: localhost\r\n${AUTH}${rest}${CALL}`,
  );
  expect(answer).not.toContain('HTTP/1.1 2');
  expect(gateway.invoker.calls.slice(before).map(({ target }) => target.function)).not.toContain('second');
}); // prettier-ignore

test.each([
  ['/function/shop.cart/..%2F..%2Fother/x', 'cart', '/..%2F..%2Fother/x'],
  ['/function/shop%2Ecart/../other', 'cart', '/../other'],
  ['/function/shop.cart//other', 'cart', '//other'],
  ['/function/shop.cart?/../other', 'cart', '/?/../other'],
])('%s is a call of the function that was authorised, with the path as it was sent', async (url, name, path) => {
  await rawRequest(gateway.port, get(url, 'localhost', AUTH));
  expect(gateway.invoker.calls.at(-1)?.target).toMatchObject({ project: 'shop', function: name, path });
}); // prettier-ignore

test.each([
  '/function/cart%2F..%2Fother',
  '/function/../api/whoami',
  '/function/..%2Fapi',
  '/function/.',
  '/function/%2e%2e/x',
  '/function%2Fcart',
  '//function/cart',
  '/./function/cart',
  '/Function/cart',
  '/function/cart\\x',
])('%s calls no function', async (url) => {
  const before = gateway.invoker.calls.length;
  expect(await rawRequest(gateway.port, get(url, 'localhost', AUTH))).toMatch(/^HTTP\/1\.1 40[04] /);
  expect(gateway.invoker.calls.length).toBe(before);
});
