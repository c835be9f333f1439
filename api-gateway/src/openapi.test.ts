import { readFile } from 'node:fs/promises';
import type { Express } from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API } from '@plat/platform-kit/api/api.ts';
import type { RouteDeclaration } from '@plat/platform-kit/api/route.ts';
import { createApp } from './app.ts';
import type { GatewayDeps } from './gateway-deps.ts';
import { GatewayMetrics } from './gateway-metrics.ts';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

type Layer = {
  route?: { path: string; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
};

/** `METHOD /path` of every route that Express has, each without what its router is mounted at. */
function boundRoutes(layers: Layer[]): string[] {
  return layers.flatMap(({ route, handle }) =>
    route
      ? Object.keys(route.methods).map((method) => `${method} ${route.path}`)
      : boundRoutes(handle.stack ?? []),
  );
}

test('every route of the gateway is declared, and every declared route is there', () => {
  const app: Express = createApp({ config: {}, version: '0', metrics: new GatewayMetrics() } as GatewayDeps);
  const bound = boundRoutes(app.router.stack as unknown as Layer[]);
  const declared = Object.values<RouteDeclaration>(API)
    .filter(({ at }) => at !== 'listener')
    .map(({ method, path }) => `${method} ${path}`);
  expect(bound.sort()).toEqual(declared.sort());
});

test('GET /openapi.json is the document of docs/openapi.json, for anyone, and is not sent twice', async () => {
  const answer = await fetch(`${gateway.url}/openapi.json`);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  const written = await readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8');
  expect(await answer.json()).toEqual(JSON.parse(written));
  const again = await fetch(`${gateway.url}/openapi.json`, {
    headers: { 'if-none-match': answer.headers.get('etag')! },
  });
  expect(again.status).toBe(304);
});

describe('GET /docs', () => {
  test('shows a page that loads nothing from elsewhere and runs no inline script', async () => {
    const page = await fetch(`${gateway.url}/docs`);
    const html = await page.text();
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(html).not.toMatch(/<script>|<style|\son\w+=|style=|\/\/[a-z]/);
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(files).toContain('/docs/swagger-ui-bundle.js');
    for (const file of files) {
      const answer = await fetch(`${gateway.url}${file}`);
      expect([file, answer.status]).toEqual([file, 200]);
      expect(answer.headers.get('content-type')).toMatch(
        file.endsWith('.js') ? /javascript/ : file.endsWith('.css') ? /css/ : /png|json/,
      );
      await answer.arrayBuffer();
    }
  });

  test('has no other files', async () => {
    for (const file of ['index.html', 'package.json', '..%2fpackage.json', 'swagger-initializer.js']) {
      const answer = await fetch(`${gateway.url}/docs/${file}`);
      expect([file, answer.status]).toEqual([file, 404]);
    }
  });
});

test('the API is found with and without the number of its version, and under no other number', async () => {
  const plain = await gateway.call('GET', '/api/whoami');
  const numbered = await gateway.call('GET', '/api/v1/whoami');
  expect(numbered.body).toEqual(plain.body);
  expect(numbered.headers.get('plat-api-version')).toBe('1');
  expect(await gateway.call('GET', '/api/v2/whoami')).toMatchObject({
    status: 404,
    body: { code: 'not_found', details: { versions: [1] } },
  });
  expect(await gateway.call('GET', '/api/v1whoami')).toMatchObject({ status: 404 });
});
