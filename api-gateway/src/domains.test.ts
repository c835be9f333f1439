import { afterEach, beforeEach, expect, test } from 'vitest';
import { rawRequest } from './testing/raw-request.ts';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway({ PUBLIC_URL: 'https://plat.example.org' });
  gateway.metadata.addVersion('shop', 'cart', { state: 'ready' });
  gateway.metadata.addVersion('other', 'web', { state: 'ready' });
});
afterEach(() => gateway.close());

const DOMAINS = '/api/projects/shop/functions/cart/domains';
const add = (domain: unknown) => gateway.call('POST', DOMAINS, { as: 'shopDeveloper', body: { domain } });
const ask = (headers: string, path = '/x') =>
  rawRequest(gateway.port, `GET ${path} HTTP/1.1\r\n${headers}connection: close\r\n\r\n`);

test('a domain is added in its normal form, listed, and removed by any spelling of it', async () => {
  expect(await add('Bücher.Example.')).toMatchObject({
    status: 201,
    body: { domain: 'xn--bcher-kva.example', display: 'bücher.example' },
  });
  expect(gateway.metadata.calls.at(-1)).toEqual({
    what: 'addDomain',
    body: { domain: 'xn--bcher-kva.example', actor: 'shop-dev' },
  });
  expect((await gateway.call('GET', DOMAINS, { as: 'shopInvoker' })).body).toMatchObject({
    items: [{ domain: 'xn--bcher-kva.example', display: 'bücher.example' }],
    next: null,
  });
  const gone = await gateway.call('DELETE', `${DOMAINS}/${encodeURIComponent('BÜCHER.example')}`);
  expect(gone.status).toBe(204);
  expect((await gateway.call('GET', DOMAINS)).body).toEqual({ items: [], next: null });
  expect((await gateway.call('DELETE', `${DOMAINS}/xn--bcher-kva.example`)).status).toBe(404);
});

test.each([
  'platform.test',
  'Shop-Cart.Platform.Test.',
  'a.b.platform.test',
  'plat.example.org',
  'localhost',
  'shop.localhost',
  '*.example.org',
  'example',
  '10.0.0.1',
  'a..example.org',
  'example.org:443',
  '',
  17,
  null,
])('%j is refused and never reaches the record', async (domain) => {
  expect(await add(domain)).toMatchObject({ status: 400, body: { code: 'invalid' } });
  expect(gateway.metadata.calls.filter(({ what }) => what === 'addDomain')).toEqual([]);
});

test('a key that is not known is refused', async () => {
  const body = { domain: 'example.org', project: 'other' };
  expect(await gateway.call('POST', DOMAINS, { body })).toMatchObject({ status: 400 });
});

test('a conflict of the record is passed on', async () => {
  await gateway.call('POST', '/api/projects/other/functions/web/domains', {
    body: { domain: 'example.org' },
  });
  expect(await add('example.org')).toMatchObject({ status: 409, body: { code: 'conflict' } });
});

test('a custom host goes to the function, whatever its path, and to nobody once it is removed', async () => {
  gateway.invoker.hosts.add('www.example.org');
  expect(await ask('host: www.example.org\r\n', '/healthz')).toContain('"status":"ok"');
  await add('www.example.org');
  for (const host of ['www.example.org', 'WWW.example.ORG', 'www.example.org:8080']) {
    await expect.poll(() => ask(`host: ${host}\r\n`, '/healthz'), { timeout: 8000 }).toMatch(/\r\n\r\nedge$/);
  }
  await gateway.call('DELETE', `${DOMAINS}/www.example.org`);
  await expect
    .poll(() => ask('host: www.example.org\r\n', '/healthz'), { timeout: 8000 })
    .toContain('"status":"ok"');
});

test('several Host headers are refused, whichever of them is a function’s', async () => {
  gateway.invoker.hosts.add('www.example.org');
  await add('www.example.org');
  const two = 'host: www.example.org\r\nhost: other.example.org\r\n';
  expect(await ask(two)).toMatch(/^HTTP\/1.1 400 [^]*several Host headers/);
  expect(gateway.invoker.edgeCalls).toEqual([]);
});
