import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ScrapedService } from '@plat/platform-kit/api/metrics-api.ts';
import type { Running } from '@plat/platform-kit/http-server.ts';
import { parseExposition, type Exposition } from '@plat/platform-kit/testing/parse-exposition.ts';
import { poll } from '@plat/platform-kit/waiting.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { start } from './start.ts';

/** The whole platform, without an engine for containers. */
describe.skipIf(process.platform !== 'linux' && 'the engine "process" needs Linux')('metrics', () => {
  let folder: string;
  let platform: Running;
  const exposed = new Map<string, Exposition>();
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'plat-metrics-'));
    platform = await start(
      readConfig({
        PATH: process.env['PATH'],
        PLAT_DATA_DIR: folder,
        ENGINE: 'process',
        PORT: '0',
        DOCKER_HOST: 'unix:///nonexistent/docker.sock',
        LOG_LEVEL: 'silent',
      }),
    );
    const headers = { authorization: 'Bearer dev-token' };
    const isReady = async () => ((await fetch(`${platform.url}/readyz`)).ok ? true : undefined);
    expect(await poll(isReady, { intervalMs: 20, timeoutMs: 10_000 })).toBe(true);
    await fetch(`${platform.url}/function/nobody`, { headers });
    for (const service of ScrapedService.options) {
      const answer = await fetch(`${platform.url}/metrics?service=${service}`, { headers });
      expect(answer.status, service).toBe(200);
      exposed.set(service, parseExposition(await answer.text()));
    }
  });
  afterAll(async () => {
    await platform?.close();
    await rm(folder, { recursive: true });
  });

  test('every service has some of its own', () => {
    const has = (service: string, name: string) => exposed.get(service)!.types.has(name);
    expect(has('api-gateway', 'plat_gateway_requests_total')).toBe(true);
    expect(has('function-proxy', 'plat_function_calls_total')).toBe(true);
    expect(has('function-controller', 'plat_engine_call_duration_seconds')).toBe(true);
    expect(has('builder', 'plat_build_duration_seconds')).toBe(true);
    expect(has('metadata-service', 'plat_store_operation_duration_seconds')).toBe(true);
    const store = exposed.get('metadata-service')!.samples.find(({ name, labels }) => name === 'plat_store_operation_duration_seconds_count' && labels['operation'] === 'changesSince'); // prettier-ignore
    expect(store!.value).toBeGreaterThan(0);
  });

  test.each(['docs/prometheus/alerts.yml', 'docs/prometheus/dashboard.json', 'docs/observability.md'])(
    '%s names no metric that is not there',
    async (file) => {
      const text = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
      const types = new Map([...exposed.values()].flatMap(({ types }) => [...types]));
      const named = new Set(text.match(/\b(?:plat|process|nodejs)_[a-z_]+\b/g));
      const isExposed = (name: string) =>
        types.has(name) || types.get(name.replace(/_(bucket|sum|count)$/, '')) === 'histogram';
      expect(named.size).toBeGreaterThan(5);
      expect([...named].filter((name) => !isExposed(name))).toEqual([]);
    },
  );

  test('every metric of the platform is in docs/observability.md', async () => {
    const text = await readFile(new URL('../../docs/observability.md', import.meta.url), 'utf8');
    const own = [...exposed.values()].flatMap(({ types }) => [...types.keys()]).filter((name) => name.startsWith('plat_')); // prettier-ignore
    expect([...new Set(own)].filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});
