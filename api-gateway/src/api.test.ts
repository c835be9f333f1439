import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startGateway, type TOKENS, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.close());

const CART = '/api/projects/shop/functions/cart';

/** Three versions: 1 ready, 2 failed, 3 ready and live. */
function deployCart(): void {
  gateway.metadata.addVersion('shop', 'cart', { state: 'ready' });
  gateway.metadata.addVersion('shop', 'cart', { state: 'failed' });
  gateway.metadata.addVersion('shop', 'cart', { state: 'ready' });
  gateway.metadata.setLive('shop/cart', 3);
}

describe('every route of the API', () => {
  const ROUTES: [string, string, unknown?][] = [
    ['GET', '/api/whoami'],
    ['GET', '/api/system'],
    ['GET', '/api/runtimes'],
    ['GET', '/api/projects'],
    ['POST', '/api/projects', { name: 'new' }],
    ['DELETE', '/api/projects/shop'],
    ['GET', '/api/functions'],
    ['GET', '/api/projects/shop/functions'],
    ['GET', CART],
    ['PATCH', CART, { state: 'stopped' }],
    ['DELETE', CART],
    ['POST', `${CART}/versions`, {}],
    ['POST', `${CART}/invoke`, {}],
    ['GET', `${CART}/versions`],
    ['GET', `${CART}/versions/1`],
    ['GET', `${CART}/versions/1/events`],
    ['POST', `${CART}/versions/1/cancel`],
    ['GET', `${CART}/versions/1/log`],
    ['GET', `${CART}/versions/1/source`],
    ['GET', `${CART}/aliases`],
    ['PUT', `${CART}/aliases/live`, { version: 1 }],
    ['DELETE', `${CART}/aliases/old`],
    ['POST', `${CART}/rollback`, {}],
    ['GET', `${CART}/domains`],
    ['POST', `${CART}/domains`, { domain: 'example.org' }],
    ['DELETE', `${CART}/domains/example.org`],
    ['GET', `${CART}/instances`],
    ['GET', '/api/instances'],
    ['GET', `${CART}/logs`],
    ['GET', '/api/executions'],
    ['GET', '/api/executions/e1'],
    ['GET', '/api/tokens'],
    ['POST', '/api/tokens', { name: 'x', role: 'viewer' }],
    ['DELETE', '/api/tokens/t1'],
    ['GET', '/api/audit'],
  ];

  test.each(ROUTES)('%s %s wants a token', async (method, path, body) => {
    const answer = await gateway.call(method, path, {
      body,
      headers: { authorization: 'Bearer wrong-token' },
    });
    expect(answer).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated', component: 'api-gateway' },
    });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  const OF_A_PROJECT = ROUTES.filter(([, path]) => path.startsWith('/api/projects/shop'));

  test.each(OF_A_PROJECT)(
    "%s %s is not found for another project's token, whether it exists or not",
    async (method, path, body) => {
      deployCart();
      const others = path.replace('/shop', '/other');
      const here = await gateway.call(method, others, { as: 'shopDeveloper', body });
      expect(here).toMatchObject({
        status: 404,
        body: { code: 'not_found', detail: 'There is no project "other".' },
      });
    },
  );

  test.each<[keyof typeof TOKENS, string, string, unknown?]>([
    ['viewer', 'POST', '/api/projects', { name: 'new' }],
    ['developer', 'POST', '/api/projects', { name: 'new' }],
    ['shopDeveloper', 'DELETE', '/api/projects/shop'],
    ['shopViewer', 'PATCH', CART, { state: 'stopped' }],
    ['shopViewer', 'DELETE', CART],
    ['shopViewer', 'POST', `${CART}/versions`, {}],
    ['shopViewer', 'POST', `${CART}/invoke`, {}],
    ['shopViewer', 'POST', `${CART}/versions/1/cancel`],
    ['shopViewer', 'PUT', `${CART}/aliases/live`, { version: 1 }],
    ['shopViewer', 'POST', `${CART}/rollback`, {}],
    ['shopViewer', 'POST', `${CART}/domains`, { domain: 'example.org' }],
    ['shopInvoker', 'DELETE', `${CART}/domains/example.org`],
    ['shopInvoker', 'GET', `${CART}/versions`],
    ['shopInvoker', 'GET', `${CART}/versions/1/events`],
    ['shopInvoker', 'GET', `${CART}/versions/1/source`],
    ['shopInvoker', 'GET', `${CART}/logs`],
    ['shopInvoker', 'GET', '/api/executions'],
    ['shopInvoker', 'GET', '/api/executions/e1'],
    ['developer', 'GET', '/api/tokens'],
    ['developer', 'POST', '/api/tokens', { name: 'x', role: 'viewer' }],
    ['developer', 'DELETE', '/api/tokens/t1'],
    ['developer', 'GET', '/api/audit'],
  ])('%s may not %s %s', async (as, method, path, body) => {
    deployCart();
    expect(await gateway.call(method, path, { as, body })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  });
});

test.each([
  ['GET', '/api/nothing', undefined, 404, 'not_found'],
  ['GET', '/nothing', undefined, 404, 'not_found'],
  ['GET', '/function', undefined, 404, 'not_found'],
  ['GET', '/api/projects/Shop/functions/cart', undefined, 400, 'invalid'],
  ['GET', '/api/projects/shop/functions/a--b', undefined, 400, 'invalid'],
  ['GET', '/api/projects/shop/functions/%zz', undefined, 400, 'invalid'],
  ['GET', '/api/projects/shop/functions/nobody', undefined, 404, 'not_found'],
  ['GET', `${CART}/versions/zero`, undefined, 400, 'invalid'],
  ['GET', `${CART}/versions/0`, undefined, 400, 'invalid'],
  ['GET', `${CART}/versions/99`, undefined, 404, 'not_found'],
  ['GET', `${CART}/versions?limit=201`, undefined, 400, 'invalid'],
  ['GET', `${CART}/versions?limit=1&limit=2`, undefined, 400, 'invalid'],
  ['GET', `${CART}/logs?since=yesterday`, undefined, 400, 'invalid'],
  ['GET', `${CART}/logs?follow=yes`, undefined, 400, 'invalid'],
  ['GET', '/api/executions?outcome=bad', undefined, 400, 'invalid'],
  ['GET', '/api/executions?colour=red', undefined, 400, 'invalid'],
  ['GET', '/api/functions?projects=shop', undefined, 400, 'invalid'],
  ['PATCH', CART, { state: 'gone' }, 400, 'invalid'],
  ['PATCH', CART, undefined, 400, 'invalid'],
  ['POST', '/api/projects', { name: 'Bad Name' }, 400, 'invalid'],
  ['POST', '/api/projects', { name: 'shop' }, 409, 'conflict'],
  ['POST', '/api/projects', ['shop'], 400, 'invalid'],
  ['PUT', `${CART}/aliases/live`, {}, 400, 'invalid'],
  ['PUT', `${CART}/aliases/live`, { version: 1, weights: [{ version: 1, weight: 100 }] }, 400, 'invalid'],
  ['PUT', `${CART}/aliases/live`, { weights: [{ version: 1, weight: 60 }] }, 400, 'invalid'],
  [
    'PUT',
    `${CART}/aliases/live`,
    { weights: [1, 1].map((version) => ({ version, weight: 50 })) },
    400,
    'invalid',
  ],
  ['PUT', `${CART}/aliases/Live`, { version: 1 }, 400, 'invalid'],
  ['DELETE', `${CART}/aliases/live`, undefined, 409, 'conflict'],
  ['POST', '/api/tokens', { name: 'x', role: 'owner' }, 400, 'invalid'],
  ['POST', '/api/tokens', { name: 'x', role: 'admin', project: 'shop' }, 400, 'invalid'],
  ['POST', '/api/tokens', { name: 'x', role: 'viewer', project: 'nowhere' }, 400, 'invalid'],
  ['POST', '/api/tokens', { name: 'x', role: 'viewer', expiresIn: 'soon' }, 400, 'invalid'],
  ['POST', `${CART}/invoke?alias=a&version=1`, {}, 400, 'invalid'],
] as const)('%s %s with %j is %i %s', async (method, path, body, status, code) => {
  deployCart();
  const answer = await gateway.call(method, path, { body });
  expect(answer).toMatchObject({ status, body: { status, code } });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
});

test('a body that is not JSON, or is broken, is invalid and says so', async () => {
  const send = (type: string, body: string) =>
    fetch(`${gateway.url}/api/projects`, {
      method: 'POST',
      headers: { authorization: 'Bearer dev-token', 'content-type': type },
      body,
    }).then(async (response) => ({ status: response.status, body: await response.json() }));
  expect(await send('text/plain', '{}')).toMatchObject({
    status: 400,
    body: { detail: expect.stringMatching(/application\/json/) },
  });
  expect(await send('application/json', '{"name":')).toMatchObject({
    status: 400,
    body: { code: 'invalid' },
  });
  const large = JSON.stringify({ name: 'x'.repeat(2 * 1024 * 1024) });
  expect(await send('application/json', large)).toMatchObject({ status: 413, body: { code: 'too_large' } });
});

test('GET /api/whoami says who is asking', async () => {
  expect((await gateway.call('GET', '/api/whoami', { as: 'shopViewer' })).body).toEqual({
    id: expect.any(String),
    name: 'shop-watcher',
    role: 'viewer',
    project: 'shop',
    expiresAt: null,
  });
});

test('GET /api/system shows the engine, the services and the limits, also when parts are away', async () => {
  gateway.controller.engine = {
    engine: 'docker',
    available: false,
    version: null,
    problem: 'Start Docker.',
    instances: 0,
  };
  const { body } = await gateway.call('GET', '/api/system', { as: 'viewer' });
  expect(body).toMatchObject({
    version: '0.1.0',
    domain: 'platform.test',
    publicUrl: `http://localhost:${gateway.port}`,
    engine: { available: false, problem: 'Start Docker.' },
    services: [
      { name: 'metadata-service', ok: true, problem: null },
      { name: 'builder', ok: true, problem: null },
      { name: 'function-controller', ok: true, problem: null },
    ],
    limits: { bodyBytes: 10 * 1024 ** 2, sourceBytes: 100 * 1024 ** 2, requestsPerSecond: 0 },
  });
});

test('GET /api/runtimes lists the builder’s runtimes', async () => {
  expect((await gateway.call('GET', '/api/runtimes', { as: 'invoker' })).body.items).toMatchObject([
    { id: 'node' },
  ]);
});

test('projects are listed as far as the token sees them, made and deleted in the principal’s name', async () => {
  const names = async (as: keyof typeof TOKENS) =>
    (await gateway.call('GET', '/api/projects', { as })).body.items.map(
      (project: { name: string }) => project.name,
    );
  expect(await names('admin')).toEqual(['default', 'other', 'shop']);
  expect(await names('shopViewer')).toEqual(['shop']);
  const made = await gateway.call('POST', '/api/projects', { body: { name: 'new' } });
  expect(made).toMatchObject({ status: 201, body: { name: 'new' } });
  expect(made.headers.get('location')).toBe('/api/projects/new');
  expect(await gateway.call('DELETE', '/api/projects/new')).toMatchObject({ status: 204, body: '' });
  expect(gateway.metadata.calls).toEqual([
    { what: 'createProject', body: { name: 'new', actor: 'admin' } },
    { what: 'deleteProject', body: { actor: 'admin' } },
  ]);
});

test('functions are listed of the projects the token sees, with their addresses and status', async () => {
  deployCart();
  gateway.metadata.addVersion('other', 'thing');
  gateway.metadata.addVersion('shop', 'broken', { state: 'failed' });
  const list = async (path: string, as: keyof typeof TOKENS) =>
    (await gateway.call('GET', path, { as })).body.items.map((fn: { name: string; status: string }) => [
      fn.name,
      fn.status,
    ]);
  const shop = [
    ['broken', 'failed'],
    ['cart', 'active'],
  ];
  expect(await list('/api/functions', 'admin')).toEqual([['thing', 'deploying'], ...shop]);
  expect(await list('/api/functions', 'shopInvoker')).toEqual(shop);
  expect(await list('/api/functions?project=other', 'viewer')).toEqual([['thing', 'deploying']]);
  expect(await list('/api/projects/shop/functions', 'shopViewer')).toEqual(shop);
  const hidden = await gateway.call('GET', '/api/functions?project=other', { as: 'shopViewer' });
  expect(hidden).toMatchObject({ status: 404, body: { code: 'not_found' } });
});

test('functions are listed in pages', async () => {
  for (const name of ['b', 'c', 'a']) gateway.metadata.addVersion('shop', name);
  for (const path of ['/api/functions', '/api/projects/shop/functions']) {
    const first = await gateway.call('GET', `${path}?limit=2`);
    expect(first.body).toMatchObject({ items: [{ name: 'a' }, { name: 'b' }], next: 'shop/b' });
    const rest = await gateway.call('GET', `${path}?limit=2&before=${first.body.next}`);
    expect(rest.body).toMatchObject({ items: [{ name: 'c' }], next: null });
  }
});

test('a function is shown with environment values only to those who may deploy it', async () => {
  deployCart();
  for (const path of [CART, `${CART}/versions`, `${CART}/versions/3`]) {
    expect(JSON.stringify((await gateway.call('GET', path, { as: 'shopDeveloper' })).body)).toContain('hush');
    const seen = JSON.stringify((await gateway.call('GET', path, { as: 'shopViewer' })).body);
    expect(seen).not.toContain('hush');
    expect(seen).toContain('"SECRET":"***"');
  }
});

test('a function is stopped and deleted', async () => {
  deployCart();
  const stopped = await gateway.call('PATCH', CART, { as: 'shopDeveloper', body: { state: 'stopped' } });
  expect(stopped).toMatchObject({ status: 200, body: { state: 'stopped', status: 'stopped' } });
  expect(await gateway.call('DELETE', CART, { as: 'shopDeveloper' })).toMatchObject({ status: 204 });
  expect((await gateway.call('GET', CART)).status).toBe(404);
  expect(gateway.metadata.calls.map(({ what }) => what)).toEqual(['setFunctionState', 'deleteFunction']);
});

test('instances are asked of the controller, with statistics when wanted', async () => {
  deployCart();
  expect((await gateway.call('GET', `${CART}/instances?stats=true`)).body).toEqual({ items: [], next: null });
  expect(gateway.controller.instanceQueries).toEqual([{ functionId: 'shop/cart', stats: 'true' }]);
});

test('instances of all functions are those of the token’s project', async () => {
  await gateway.call('GET', '/api/instances?project=shop');
  await gateway.call('GET', '/api/instances', { as: 'shopDeveloper' });
  const [asked, own] = gateway.controller.instanceQueries;
  expect([asked, own]).toEqual([
    { project: 'shop', stats: 'false' },
    { project: 'shop', stats: 'false' },
  ]);
  expect((await gateway.call('GET', '/api/instances?project=other', { as: 'shopDeveloper' })).status).toBe(
    404,
  );
});

test('logs are collected as JSON, at most 10,000 lines of them, and `since` may be a duration', async () => {
  deployCart();
  const few = await gateway.call('GET', `${CART}/logs?since=5m&tail=7&requestId=r1&version=3`);
  expect(few.body.items).toEqual([{ text: 'line 1' }, { text: 'line 2' }]);
  const query = gateway.controller.logQueries[0] as Record<string, string>;
  expect(query).toMatchObject({ tail: '7', requestId: 'r1', version: '3', follow: 'false' });
  const ago = Date.now() - Date.parse(query['since']!);
  expect(ago).toBeGreaterThan(299_000);
  expect(ago).toBeLessThan(330_000);
  await gateway.call('GET', `${CART}/logs?since=2026-01-01T00:00:00Z`);
  expect(gateway.controller.logQueries[1]).toMatchObject({ since: '2026-01-01T00:00:00.000Z' });
  gateway.controller.logLines = 10_050;
  expect((await gateway.call('GET', `${CART}/logs`)).body.items).toHaveLength(10_000);
});

test('executions are those of the token’s own project, whatever is asked for', async () => {
  await gateway.call('GET', '/api/executions?function=cart&limit=10', { as: 'shopViewer' });
  expect(gateway.metadata.calls.at(-1)?.body).toEqual({ project: 'shop', function: 'cart', limit: '10' });
  await gateway.call('GET', '/api/executions', { as: 'viewer' });
  expect(gateway.metadata.calls.at(-1)?.body).toEqual({ limit: '50' });
  expect((await gateway.call('GET', '/api/executions?project=other', { as: 'shopViewer' })).status).toBe(404);
  expect((await gateway.call('GET', '/api/executions/e1', { as: 'shopViewer' })).body).toMatchObject({
    id: 'e1',
  });
});

test('a token is made with a secret that is shown once, works at once, and stops with its deletion', async () => {
  const made = await gateway.call('POST', '/api/tokens', {
    body: { name: 'ci', role: 'developer', project: 'shop', expiresIn: '2h' },
  });
  expect(made).toMatchObject({ status: 201, body: { name: 'ci', role: 'developer', project: 'shop' } });
  const { token, id, expiresAt } = made.body;
  expect(token).toMatch(/^plat_[A-Za-z0-9_-]{43}$/);
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(7_100_000);
  expect(made.body).not.toHaveProperty('hash');
  expect(gateway.metadata.calls.at(-1)?.body).toMatchObject({
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(JSON.stringify(gateway.metadata.calls)).not.toContain(token);

  const who = () => gateway.call('GET', '/api/whoami', { headers: { authorization: `Bearer ${token}` } });
  expect((await who()).body).toMatchObject({ id, name: 'ci' });
  const list = JSON.stringify((await gateway.call('GET', '/api/tokens')).body);
  expect(list).toContain('"name":"ci"');
  expect(list).not.toContain('hash');
  expect((await gateway.call('DELETE', `/api/tokens/${id}`)).status).toBe(204);
  expect((await who()).status).toBe(401);
  expect((await gateway.call('DELETE', `/api/tokens/${id}`)).status).toBe(404);
});

test('the audit log is for administrators', async () => {
  expect((await gateway.call('GET', '/api/audit?object=shop/cart')).body).toEqual({ items: [], next: null });
  expect(gateway.metadata.calls.at(-1)?.body).toEqual({ object: 'shop/cart', limit: '50' });
});

test('a direct invoke hands the body on as the event, without the token', async () => {
  const answer = await gateway.call('POST', `${CART}/invoke?version=2`, {
    as: 'shopInvoker',
    body: { n: 1 },
  });
  expect(answer.body).toMatchObject({
    project: 'shop',
    function: 'cart',
    selector: { version: 2 },
    trigger: 'invoke',
    path: '/',
  });
  const { headers, body } = gateway.invoker.calls[0]!;
  expect(body).toBe('{"n":1}');
  expect(headers).not.toHaveProperty('authorization');
});
