import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawRequest } from './testing/raw-request.ts';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

const HTML = { accept: 'text/html,application/xhtml+xml' };
const SCRIPT = 'console.log("hello");';

describe('the dashboard', () => {
  let folder: string;
  let gateway: TestGateway;
  const get = (route: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${gateway.url}${route}`, { method, headers });

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'plat-ui-'));
    await mkdir(path.join(folder, 'assets'));
    await writeFile(
      path.join(folder, 'index.html'),
      '<script nonce="__CSP_NONCE__"></script><i nonce="__CSP_NONCE__">',
    );
    await writeFile(path.join(folder, 'assets/app-1.js'), SCRIPT);
    await writeFile(path.join(folder, 'assets/app-1.js.gz'), gzipSync(SCRIPT));
    await writeFile(path.join(folder, 'assets/secret.js'), 'not in the list');
    const files = { 'assets/app-1.js': { bytes: 21, gzipBytes: 30 } };
    await writeFile(path.join(folder, 'files.json'), JSON.stringify({ files }));
    gateway = await startGateway({ UI_DIR: folder });
  });
  afterAll(async () => {
    await gateway.close();
    await rm(folder, { recursive: true });
  });

  it('answers / and the addresses of its pages to browsers, kept by nobody, with a nonce of its own each time', async () => {
    const nonces = new Set<string>();
    for (const route of ['/', '/functions/shop/cart?tab=x', '/functions', '/']) {
      const answer = await get(route, HTML);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const policy = answer.headers.get('content-security-policy') ?? '';
      const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("default-src 'none'");
      expect(await answer.text()).toBe(`<script nonce="${nonce}"></script><i nonce="${nonce}">`);
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(4);
  });

  it('is at the gateway’s own hosts only, whatever else leads here', async () => {
    const at = async (host: string, route = '/') =>
      (
        await rawRequest(gateway.port, `GET ${route} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      ).slice(0, 12);
    expect(await at('localhost:8080')).toBe('HTTP/1.1 200');
    expect(await at('127.0.0.1')).toBe('HTTP/1.1 200');
    expect(await at('www.example.org')).toBe('HTTP/1.1 404');
    expect(await at('www.example.org', '/assets/app-1.js')).toBe('HTTP/1.1 404');
  });

  it('sends what its build has listed, compressed to who takes it, for good', async () => {
    const answer = await get('/assets/app-1.js');
    expect(await answer.text()).toBe(SCRIPT);
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(answer.headers.get('content-type')).toContain('javascript');
    expect(answer.headers.get('cache-control')).toContain('immutable');
    const plain = await get('/assets/app-1.js', { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await plain.text()).toBe(SCRIPT);
  });

  it('sends nothing else from its folder', async () => {
    for (const route of [
      '/assets/secret.js',
      '/files.json',
      '/index.html',
      '/assets/app-1.js.gz',
      '/assets/..%2findex.html',
    ]) {
      const answer = await get(route, HTML);
      expect(answer.status, route).toBe(404);
      expect(answer.headers.get('content-type')).toContain('problem+json');
    }
  });

  it('takes nothing that is the API’s, a function’s or not a browser’s', async () => {
    for (const [route, status] of [
      ['/api', 401],
      ['/api/nope', 401],
      ['/function/nope', 401],
      ['/function', 404],
    ] as const) {
      expect((await get(route, HTML)).status, route).toBe(status);
    }
    expect((await get('/functions', { accept: '*/*' })).status).toBe(404);
    expect((await get('/functions', HTML, 'POST')).status).toBe(404);
    const host = await rawRequest(
      gateway.port,
      'GET / HTTP/1.1\r\nHost: shop-cart.platform.test\r\nAccept: text/html\r\nConnection: close\r\n\r\n',
    );
    expect(host).not.toContain('nonce');
  });
});

it('without a built dashboard / says so', async () => {
  const gateway = await startGateway({ UI_DIR: '/nowhere' });
  try {
    const answer = await fetch(`${gateway.url}/`, { headers: HTML });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('UI_DIR');
  } finally {
    await gateway.close();
  }
});
