import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { encodeEdge, encodeTarget } from '@plat/platform-kit/invocation-headers.ts';
import { request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { ProxyHarness, TOKEN } from './testing/proxy-harness.ts';
import { fakeFunction } from './testing/fake-records.ts';

let harness: ProxyHarness;
afterEach(() => harness.close());

const shop = fakeFunction({ name: 'cart', project: 'shop' });
const hidden = fakeFunction({ name: 'hidden', project: 'shop', versions: [{ number: 1, edge: 'off' }] });

async function get(url: string, headers: Record<string, string>, body?: string) {
  const response = await request(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers,
    body,
    dispatcher: harness.agent,
  });
  return { status: response.statusCode, headers: response.headers, body: await response.body.text() };
}

describe('the edge listener', () => {
  it('serves a function at its own host, in any spelling, with a request id of its own', async () => {
    harness = await ProxyHarness.start([shop]);
    const instance = await harness.addInstance(shop, { behaviour: (req, res) => void res.end(req.url) });
    for (const host of [
      'shop-cart.platform.test',
      'SHOP-Cart.Platform.Test.:8443',
      'shop-cart.localhost:81',
    ]) {
      const reply = await get(`${harness.proxy.edgeUrl}/a?b`, {
        host,
        'x-request-id': 'chosen',
        authorization: 'Basic x',
      });
      expect(reply).toMatchObject({ status: 200, body: '/a?b' });
      expect(reply.headers['x-request-id']).not.toBe('chosen');
    }
    expect(instance.requests[0]!.headers).toMatchObject({
      authorization: 'Basic x',
      'x-plat-trigger': 'edge',
      'x-forwarded-host': 'shop-cart.platform.test',
    });
  });

  it('answers 404 for hosts that are nobody’s and for functions that are not public', async () => {
    harness = await ProxyHarness.start([shop, hidden]);
    for (const host of [
      'shop-hidden.platform.test',
      'shop-nobody.platform.test',
      'a.shop-cart.platform.test',
      'evil.test',
    ]) {
      const reply = await get(`${harness.proxy.edgeUrl}/`, { host });
      expect(reply.status).toBe(404);
      expect(JSON.parse(reply.body).code).toBe('not_found');
    }
  });

  it('serves custom domains in any spelling, and no longer once they are gone', async () => {
    const fn = fakeFunction({
      name: 'cart',
      project: 'shop',
      domains: ['xn--bcher-kva.example', 'www.example.org'],
    });
    harness = await ProxyHarness.start([fn, hidden]);
    await harness.addInstance(fn, { behaviour: (req, res) => void res.end(req.url) });
    for (const host of ['www.example.org', 'WWW.Example.ORG.:8443', 'xn--bcher-kva.example:80'])
      expect(await get(`${harness.proxy.edgeUrl}/a?b`, { host })).toMatchObject({
        status: 200,
        body: '/a?b',
      });
    for (const host of ['example.org', 'a.www.example.org', 'www.example.org.evil.test'])
      expect((await get(`${harness.proxy.edgeUrl}/`, { host })).status).toBe(404);
    harness.metadata.put({ ...fn, domains: ['www.example.org'] });
    const status = async (host: string) => (await get(`${harness.proxy.edgeUrl}/`, { host })).status;
    await expect.poll(() => status('xn--bcher-kva.example'), { timeout: 8000 }).toBe(404);
    expect(await status('www.example.org')).toBe(200);
  });

  it('serves the domains of a function with edge: direct, for when it has no instance that Traefik could ask', async () => {
    const fn = fakeFunction({
      name: 'cart',
      project: 'shop',
      domains: ['www.example.org'],
      versions: [{ number: 1, edge: 'direct' }],
    });
    harness = await ProxyHarness.start([fn]);
    harness.controller.onWake = async () => {
      await harness.addInstance(fn, { behaviour: (_req, res) => void res.end('woken') });
      return { outcome: 'ready' };
    };
    for (const host of ['www.example.org', 'shop-cart.platform.test'])
      expect(await get(`${harness.proxy.edgeUrl}/`, { host })).toMatchObject({ status: 200, body: 'woken' });
  });

  it('gives a domain under the platform’s own to nobody, whatever the record says', async () => {
    const thief = fakeFunction({
      name: 'thief',
      domains: ['shop-cart.platform.test', 'shop-cart.localhost'],
    });
    harness = await ProxyHarness.start([thief]);
    await harness.addInstance(thief);
    for (const host of ['shop-cart.platform.test', 'shop-cart.localhost'])
      expect((await get(`${harness.proxy.edgeUrl}/`, { host })).status).toBe(404);
  });

  it('refuses several Host headers, whichever of them is a function’s', async () => {
    harness = await ProxyHarness.start([shop]);
    const instance = await harness.addInstance(shop);
    const { hostname, port } = new URL(harness.proxy.edgeUrl!);
    const asked = instance.requests.length;
    const ask = async (more: string) => {
      const socket = connect(Number(port), hostname);
      socket.write(`GET / HTTP/1.1\r\nhost: shop-cart.localhost\r\nHost: evil.test\r\n${more}\r\n`);
      const [first] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return String(first).slice(0, 12);
    };
    expect(await ask('')).toBe('HTTP/1.1 400');
    expect(await ask('connection: upgrade\r\nupgrade: websocket\r\n')).toBe('HTTP/1.1 400');
    expect(instance.requests.length).toBe(asked);
  });

  it('says no more than necessary about what went wrong', async () => {
    harness = await ProxyHarness.start([shop]);
    harness.controller.onWake = async () => ({ outcome: 'failed', reason: 'secret path /srv/x' });
    const reply = await get(`${harness.proxy.edgeUrl}/`, { host: 'shop-cart.platform.test' });
    expect(reply.status).toBe(502);
    expect(reply.body).not.toContain('secret');
    expect(reply.body).toContain(`plat logs --request-id ${String(reply.headers['x-request-id'])}`);
  });

  it('refuses a body past the limit before the client sends it', async () => {
    harness = await ProxyHarness.start([shop]);
    await harness.addInstance(shop, { behaviour: (req, res) => void req.pipe(res) });
    const { hostname, port } = new URL(harness.proxy.edgeUrl!);
    const ask = async (length: number) => {
      const socket = connect(Number(port), hostname);
      socket.write(
        `POST / HTTP/1.1\r\nhost: shop-cart.localhost\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n\r\n`,
      );
      const first = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
      socket.destroy();
      return String(first).split('\r\n')[0];
    };
    expect(await ask(5)).toBe('HTTP/1.1 100 Continue');
    expect(await ask(2 * 1024 * 1024)).toBe('HTTP/1.1 413 Payload Too Large');
  });
});

describe('upgrades', () => {
  it('reach a function at its own host and through the gateway, and do not keep the proxy from closing', async () => {
    harness = await ProxyHarness.start([shop]);
    const instance = await harness.addInstance(shop);
    new WebSocketServer({ server: instance.server }).on('connection', (socket, req) => socket.send(req.url!));
    const open = async (url: string, headers: Record<string, string>) => {
      const socket = new WebSocket(url.replace('http', 'ws'), { headers });
      const [first] = await once(socket, 'message');
      return { socket, first: String(first) };
    };
    const edge = await open(`${harness.proxy.edgeUrl}/room`, { host: 'shop-cart.platform.test' });
    expect(edge.first).toBe('/room');
    const target = encodeTarget({
      requestId: 'r-1',
      project: 'shop',
      function: 'cart',
      selector: { version: 1 },
      path: '/other',
      trigger: 'api',
      bodyLimitBytes: 1,
    });
    const headers = { ...target, authorization: `Bearer ${TOKEN}` };
    expect((await open(`${harness.proxy.url}/internal/invoke`, headers)).first).toBe('/other');
    await expect(open(`${harness.proxy.url}/internal/invoke`, target)).rejects.toThrow('401');
    await expect(open(`${harness.proxy.edgeUrl}/`, { host: 'evil.test' })).rejects.toThrow('404');
    const closed = once(edge.socket, 'close');
    const startedAt = Date.now();
    await harness.proxy.close();
    await closed;
    expect(Date.now() - startedAt).toBeLessThan(3000);
  });
});

describe('the gateway listener', () => {
  it('takes invocations from the gateway, and from nobody else', async () => {
    harness = await ProxyHarness.start([shop]);
    const instance = await harness.addInstance(shop, { behaviour: (req, res) => void req.pipe(res) });
    const target = {
      requestId: 'r-9',
      project: 'shop',
      function: 'cart',
      selector: { alias: 'live' },
      path: '/p?q',
      trigger: 'api' as const,
      bodyLimitBytes: 100,
    };
    const headers = { ...encodeTarget(target), 'x-forwarded-for': '7.7.7.7', host: 'api.test' };
    const url = `${harness.proxy.url}/internal/invoke`;
    expect((await get(url, headers, 'hi')).status).toBe(401);
    const reply = await get(url, { ...headers, authorization: `Bearer ${TOKEN}` }, 'hi');
    expect(reply).toMatchObject({ status: 200, body: 'hi', headers: { 'x-request-id': 'r-9' } });
    const seen = instance.requests[0]!;
    expect(seen.url).toBe('/p?q');
    expect(seen.headers).toMatchObject({ 'x-forwarded-for': '7.7.7.7', host: 'api.test' });
    expect(JSON.stringify(seen.headers)).not.toContain(TOKEN);
    expect(
      (await get(url, { ...headers, authorization: `Bearer ${TOKEN}`, 'x-plat-target': 'x' }, 'hi')).status,
    ).toBe(400);
  });

  it('takes requests to a function’s own host, and gives the caller’s own authorization back', async () => {
    harness = await ProxyHarness.start([shop]);
    const instance = await harness.addInstance(shop);
    const edge = encodeEdge({ url: '/x', headers: { authorization: 'Basic mine' } });
    const headers = { ...edge, authorization: `Bearer ${TOKEN}` };
    const url = `${harness.proxy.url}/internal/edge`;
    expect((await get(url, { ...headers, host: 'shop-cart.platform.test' })).status).toBe(200);
    expect(instance.requests[0]).toMatchObject({ url: '/x', headers: { authorization: 'Basic mine' } });
    expect((await get(url, { ...headers, host: 'nobody.platform.test' })).status).toBe(404);
  });

  it('serves the internal API to those who hold the token', async () => {
    harness = await ProxyHarness.start([shop]);
    expect((await get(`${harness.proxy.url}/internal/load`, {})).status).toBe(401);
    expect((await get(`${harness.proxy.url}/healthz`, {})).status).toBe(200);
    expect(await harness.client.load()).toEqual({ items: [] });
  });
});
