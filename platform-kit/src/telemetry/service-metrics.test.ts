import { Router } from 'express';
import { expect, test } from 'vitest';
import { createInternalApp, listen } from '../http-server.ts';
import { silentLogger } from '../logging.ts';
import { parseExposition } from '../testing/parse-exposition.ts';
import { DURATION_BOUNDS_S, Durations } from './durations.ts';
import { ServiceMetrics } from './service-metrics.ts';
import { timeCalls } from './time-calls.ts';

test('what is counted in plain numbers is read when somebody asks', async () => {
  const metrics = new ServiceMetrics();
  let calls = 1;
  const durations = new Durations();
  metrics.counters({ name: 'calls_total', help: 'a\nb', labels: ['to'] }, () => [[{ to: 'a"\\\n' }, calls]]);
  metrics.gauges({ name: 'waiting', help: 'w' }, () => [[{}, 3]]);
  metrics.histograms({ name: 'took_seconds', help: 't', labels: ['of'] }, () => [[{ of: 'x' }, durations]]);
  calls = 7;
  for (const ms of [0.5, 1, 3, 1e9]) durations.noteMs(ms);
  const { samples, types } = parseExposition(await metrics.text());
  const value = (name: string, labels = {}) =>
    samples.find((sample) => sample.name === name && Object.entries(labels).every(([key, is]) => sample.labels[key] === is))?.value; // prettier-ignore
  expect(samples.find(({ name }) => name === 'calls_total')).toEqual({ name: 'calls_total', labels: { to: 'a\\"\\\\\\n' }, value: 7 }); // prettier-ignore
  expect(value('waiting')).toBe(3);
  expect(types.get('took_seconds')).toBe('histogram');
  const buckets = samples.filter(({ name }) => name === 'took_seconds_bucket');
  expect(buckets.map(({ labels }) => labels['le'])).toEqual([...DURATION_BOUNDS_S.map(String), '+Inf']);
  expect(value('took_seconds_bucket', { le: '0.001' })).toBe(2);
  expect(value('took_seconds_bucket', { le: '0.005' })).toBe(3);
  expect(value('took_seconds_bucket', { le: '120' })).toBe(3);
  expect(value('took_seconds_bucket', { le: '+Inf' })).toBe(4);
  expect(value('took_seconds_count', { of: 'x' })).toBe(4);
  expect(value('took_seconds_sum')).toBeCloseTo(1_000_000.0045);
  expect(value('process_cpu_seconds_total')).toBeGreaterThan(0);
});

test('each service has a registry of its own', async () => {
  const one = new ServiceMetrics();
  new ServiceMetrics().gauges({ name: 'only_there', help: 'o' }, () => [[{}, 1]]);
  expect(await one.text()).not.toContain('only_there');
});

test('requests are timed by the pattern of their route, never by their path or method of their own', async () => {
  const metrics = new ServiceMetrics();
  const router = Router();
  router.get('/things/:id', (_req, res) => void res.status(204).end());
  router.get('/broken', () => {
    throw new Error('broken');
  });
  const internalToken = 'a-token-of-this-test';
  const app = createInternalApp({ component: 'c', internalToken, logger: silentLogger(), router, metrics });
  const server = await listen(app, 'http://127.0.0.1:0', { drainMs: 0 });
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${internalToken}` }, ...init });
  await ask('/internal/things/1');
  await ask('/internal/things/2');
  await ask('/internal/broken');
  await ask('/internal/secret-path', { method: 'PROPFIND' });
  expect((await ask('/metrics', { headers: {} })).status).toBe(401);
  const answer = await ask('/metrics');
  await server.close();
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await answer.text();
  const counts = parseExposition(text).samples.filter(({ name }) => name.endsWith('request_duration_seconds_count'));
  expect(counts.map(({ labels, value }) => ({ ...labels, value }))).toEqual([
    { method: 'GET', route: '/things/:id', status: '2xx', value: 2 },
    { method: 'GET', route: '/broken', status: '5xx', value: 1 },
    { method: 'other', route: 'none', status: '4xx', value: 1 },
    { method: 'GET', route: '/metrics', status: '4xx', value: 1 },
  ]);
  expect(text).not.toContain('secret-path');
}); // prettier-ignore

test('timeCalls() times what answers with a promise, and leaves the answers as they are', async () => {
  class Host {
    #kept = 1;
    get engine() {
      return 'e';
    }
    now() {
      return this.#kept;
    }
    async start(by: number) {
      return Promise.resolve(this.#kept + by);
    }
    async fail() {
      return Promise.reject(new Error('no'));
    }
    async watch() {
      return Promise.resolve();
    }
  }
  const noted: object[] = [];
  const host = timeCalls(new Host(), { note: (labels) => void noted.push(labels) }, ['watch']);
  expect(host.engine).toBe('e');
  expect(host.now()).toBe(1);
  expect(await host.start(2)).toBe(3);
  await expect(host.fail()).rejects.toThrow('no');
  await host.watch();
  expect(noted).toEqual([
    { operation: 'start', outcome: 'ok' },
    { operation: 'fail', outcome: 'error' },
  ]);
});
