import { afterAll, beforeAll, expect, test } from 'vitest';
import { rawRequest } from './testing/raw-request.ts';
import { TOKENS, startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ BODY_LIMIT_BYTES: '1000' });
});
afterAll(() => gateway.close());

test('a call reaches the invoker with its target, and the answer is the function’s own', async () => {
  const { status, body, headers } = await gateway.call('POST', '/function/shop.cart:canary/a%2Fb?x=1', {
    body: { hello: 1 },
    headers: { 'x-request-id': 'call-1' },
  });
  expect(status).toBe(200);
  expect(headers.get('x-request-id')).toBe('call-1');
  expect(body).toEqual({
    requestId: 'call-1',
    project: 'shop',
    function: 'cart',
    selector: { alias: 'canary' },
    path: '/a%2Fb?x=1',
    trigger: 'api',
    bodyLimitBytes: 1000,
    authorisedMs: expect.any(Number),
  });
  expect(gateway.invoker.calls.at(-1)?.body).toBe('{"hello":1}');
});

test.each([
  ['admin', 'default'],
  ['shopInvoker', 'shop'],
] as const)('a name without a project means, for token %s, project %s', async (as, project) => {
  expect((await gateway.call('GET', '/function/cart', { as })).body.project).toBe(project);
});

test('a call asks no other service for anything', async () => {
  // The change feed is one request that waits, whether there are calls or not.
  const others = () => gateway.asked.filter((request) => !request.includes('/internal/changes'));
  await gateway.call('GET', '/api/projects');
  const before = others();
  expect(before).toContainEqual(expect.stringContaining('metadata-service: GET'));
  await Promise.all(
    Array.from({ length: 50 }, () => gateway.call('GET', '/function/cart', { as: 'shopInvoker' })),
  );
  expect(others()).toEqual(before);
});

test('the token, control headers and their look-alikes never reach the function', async () => {
  const control =
    'X-Plat-Project: other\r\nx_plat_function: other\r\nx-PLAT_version: 3\r\nx-platform: kept\r\n';
  await rawRequest(
    gateway.port,
    `GET /function/cart HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer dev-token\r\n${control}Connection: close\r\n\r\n`,
  );
  const { headers, rawHeaders } = gateway.invoker.calls.at(-1)!;
  expect(headers['x-platform']).toBe('kept');
  for (const names of [Object.keys(headers), rawHeaders.filter((_, i) => i % 2 === 0)]) {
    const lower = names.map((name) => name.toLowerCase());
    expect(lower.filter((name) => /^x[-_]plat[-_]/.test(name) || name === 'authorization')).toEqual([]);
  }
  expect(JSON.stringify(rawHeaders)).not.toContain('dev-token');
});

test.each([
  [undefined, 'There is no token'],
  ['Basic abc', 'not of the form'],
  ['Bearer ', 'not of the form'],
  ['Bearer wrong-token', 'not known here'],
  [`Bearer ${TOKENS.expired}`, 'has expired'],
])('authorization %o is unauthenticated', async (authorization, detail) => {
  for (const path of ['/function/cart', '/function/', '/api/whoami']) {
    const response = await fetch(
      gateway.url + path,
      authorization === undefined ? {} : { headers: { authorization } },
    );
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    expect(await response.json()).toMatchObject({
      code: 'unauthenticated',
      detail: expect.stringContaining(detail),
    });
  }
});

test.each([
  ['viewer', '/function/shop.cart', 403, 'forbidden'],
  ['shopViewer', '/function/cart', 403, 'forbidden'],
  ['shopInvoker', '/function/other.cart', 404, 'not_found'],
  ['shopViewer', '/function/other.cart', 404, 'not_found'],
  ['admin', '/function/a.b.c', 400, 'invalid'],
] as const)('token %s calling %s gets %i %s and no invocation', async (as, path, status, code) => {
  const before = gateway.invoker.calls.length;
  expect(await gateway.call('GET', path, { as })).toMatchObject({ status, body: { code, status } });
  expect(gateway.invoker.calls.length).toBe(before);
});

test('a body that announces itself as too large is refused before a byte of it is sent', async () => {
  const answer = await rawRequest(
    gateway.port,
    `POST /function/cart HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer dev-token\r\nContent-Length: 1001\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer.toLowerCase()).toContain('connection: close');
  expect(answer).toContain('"code":"too_large"');
});

test('a client that sends a large body at once gets to read the refusal', async () => {
  const response = await fetch(`${gateway.url}/function/cart`, {
    method: 'POST',
    headers: { authorization: 'Bearer dev-token' },
    body: Buffer.alloc(8 * 1024 * 1024),
  });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ code: 'too_large' });
});

const EXPECT_HEAD = 'Host: localhost\r\nExpect: 100-continue\r\nConnection: close\r\n';

test('a client that expects 100-continue is told to go on when the function reads', async () => {
  const request = `POST /function/cart HTTP/1.1\r\n${EXPECT_HEAD}Authorization: Bearer dev-token\r\nContent-Length: 3\r\n\r\nabc`;
  const answer = await rawRequest(gateway.port, request);
  expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  expect(gateway.invoker.calls.at(-1)).toMatchObject({ body: 'abc' });
  expect(gateway.invoker.calls.at(-1)!.headers).not.toHaveProperty('expect');
});

test.each([
  ['Authorization: Bearer wrong-token\r\nContent-Length: 3\r\n', 401],
  ['Authorization: Bearer dev-token\r\nContent-Length: 1001\r\n', 413],
  [`Authorization: Bearer ${TOKENS.viewer}\r\nContent-Length: 3\r\n`, 403],
])('a client that expects 100-continue and is refused is never told to go on (%#)', async (more, status) => {
  const answer = await rawRequest(gateway.port, `POST /function/cart HTTP/1.1\r\n${EXPECT_HEAD}${more}\r\n`);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).not.toContain('100 Continue');
});

test('OPTIONS is the function’s own while no origin is configured', async () => {
  const response = await fetch(`${gateway.url}/function/cart`, {
    method: 'OPTIONS',
    headers: {
      authorization: 'Bearer dev-token',
      origin: 'https://a.com',
      'access-control-request-method': 'POST',
    },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
});
