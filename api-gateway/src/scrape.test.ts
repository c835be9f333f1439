import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseExposition } from '@plat/platform-kit/testing/parse-exposition.ts';
import { startGateway, type TestGateway } from './testing/start-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

test("GET /metrics has the gateway's own metrics, with what it refused", async () => {
  await fetch(`${gateway.url}/function/hello`);
  await gateway.call('GET', '/api/projects/default/functions');
  const answer = await gateway.call('GET', '/metrics', { as: 'viewer' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const { samples } = parseExposition(answer.body as string);
  const found = (name: string, labels: object) =>
    samples.find((sample) => sample.name === name && Object.entries(labels).every(([key, is]) => sample.labels[key] === is))?.value; // prettier-ignore
  expect(found('plat_gateway_requests_total', { to: 'function' })).toBe(1);
  expect(found('plat_gateway_refused_total', { code: 'unauthenticated' })).toBe(1);
  expect(
    found('plat_http_request_duration_seconds_count', {
      route: '/projects/:project/functions',
      status: '2xx',
    }),
  ).toBe(1);
});

test('only tokens that see every project may scrape', async () => {
  for (const as of ['admin', 'developer', 'viewer'] as const)
    expect((await gateway.call('GET', '/metrics', { as })).status).toBe(200);
  for (const as of ['shopViewer', 'shopDeveloper', 'invoker', 'shopInvoker'] as const)
    expect((await gateway.call('GET', '/metrics', { as })).body).toMatchObject({ code: 'forbidden' });
  expect((await fetch(`${gateway.url}/metrics`)).status).toBe(401);
});

test('a service that has no metrics to give is named in the error, and an unknown one is refused', async () => {
  const away = await gateway.call('GET', '/metrics?service=builder');
  expect(away.body).toMatchObject({ code: 'unreachable', component: 'builder' });
  expect((await gateway.call('GET', '/metrics?service=nobody')).body).toMatchObject({ code: 'invalid' });
});
