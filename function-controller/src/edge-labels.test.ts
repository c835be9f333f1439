import { describe, expect, test } from 'vitest';
import { edgeLabels, isDirect, type EdgeSettings } from './edge-labels.ts';
import { alias, functionRecord, versionRecord } from './testing/test-records.ts';

const settings: EdgeSettings = { namespace: 'plat', domain: 'platform.test' };
const version = versionRecord({ number: 2, config: { edge: 'direct', scale: { min: 1, idleMs: 60_000 } } });
const live = alias('live', [2, 100]);
const record = functionRecord({ aliases: [live], versions: [version], domains: ['www.example.org'] });
const labels = (
  of: { record?: typeof record; version?: typeof version; settings?: EdgeSettings } = {},
): Record<string, string> =>
  edgeLabels(of.record ?? record, of.version ?? version, {
    settings: of.settings ?? settings,
    port: 8080,
  });
/** What a label says, whatever the hash in its name. */
const withoutHash = (all: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(all).map(([key, value]) => [
      key.replace(/-[0-9a-f]{8}(?=[.-])/, ''),
      value.replace(/-[0-9a-f]{8}(?=-|$)/g, ''),
    ]),
  );

describe('edgeLabels()', () => {
  test('says all that Traefik needs, and nothing else', () => {
    const n = 'plat-shop-hello';
    const rule =
      '(Host(`shop-hello.platform.test`) || Host(`shop-hello.localhost`) || Host(`www.example.org`)) && !PathRegexp(`(?i)^/+_plat(/|$)`)';
    const router = { priority: '1000', rule, service: n, middlewares: `${n}-headers,${n}-retry` };
    const routers = {
      [n]: { ...router, entrypoints: 'web' },
      [`${n}-tls`]: { ...router, entrypoints: 'websecure', tls: 'true' },
    };
    expect(withoutHash(labels())).toEqual({
      'traefik.enable': 'true',
      ...Object.fromEntries(
        Object.entries(routers).flatMap(([name, options]) =>
          Object.entries(options).map(([key, value]) => [`traefik.http.routers.${name}.${key}`, value]),
        ),
      ),
      [`traefik.http.services.${n}.loadbalancer.server.port`]: '8080',
      [`traefik.http.services.${n}.loadbalancer.healthcheck.path`]: '/_plat/ready',
      [`traefik.http.services.${n}.loadbalancer.healthcheck.interval`]: '1s',
      [`traefik.http.services.${n}.loadbalancer.healthcheck.timeout`]: '1s',
      [`traefik.http.middlewares.${n}-headers.headers.customrequestheaders.X-Plat-Request-Id`]: '',
      [`traefik.http.middlewares.${n}-headers.headers.customrequestheaders.X-Plat-Timeout-Ms`]: '',
      [`traefik.http.middlewares.${n}-headers.headers.customrequestheaders.X-Plat-Trigger`]: '',
      [`traefik.http.middlewares.${n}-headers.headers.customrequestheaders.X-Plat-Event`]: '',
      [`traefik.http.middlewares.${n}-retry.retry.attempts`]: '3',
      [`traefik.http.middlewares.${n}-retry.retry.initialinterval`]: '100ms',
    });
  });

  test('two routers never have one name and two rules, and equal ones share a name from version to version', () => {
    const next = versionRecord({ ...version, number: 3, imageId: 'sha256:9' });
    const promoted = { ...record, aliases: [alias('live', [3, 100])], versions: [next] };
    expect(labels({ record: promoted, version: next })).toEqual(labels());
    const keys = (domains: string[]) => Object.keys(labels({ record: { ...record, domains } }));
    const shared = keys(['a.org']).filter((key) => keys(['b.org']).includes(key));
    expect(shared).toEqual(['traefik.enable']);
  });

  test('asks for certificates only of the resolver it is given', () => {
    expect(Object.keys(labels()).filter((key) => key.includes('certresolver'))).toEqual([]);
    const withTls = withoutHash(labels({ settings: { ...settings, certResolver: 'letsencrypt' } }));
    expect(withTls['traefik.http.routers.plat-shop-hello-tls.tls.certresolver']).toBe('letsencrypt');
  });

  test('asks the user’s own server nothing: it need not know the path of the health check', () => {
    const http = versionRecord({ ...version, config: { ...version.config, contract: 'http' } });
    expect(Object.keys(labels({ version: http })).filter((key) => key.includes('healthcheck'))).toEqual([]);
  });
});

describe('isDirect()', () => {
  test.each([
    ['alias live names it alone', record, version, true],
    ['the other part of a split has no weight', { ...record, aliases: [alias('live', [2, 100], [1, 0])] }, version, true],
    ['live is split', { ...record, aliases: [alias('live', [2, 90], [1, 10])] }, version, false],
    ['live names another version', { ...record, aliases: [alias('live', [1, 100])] }, version, false],
    ['only another alias names it', { ...record, aliases: [alias('beta', [2, 100])] }, version, false],
    ['nothing is live', { ...record, aliases: [] }, version, false],
    ['it is not ready yet', record, { ...version, state: 'starting' as const }, false],
    ['the function is stopped', { ...record, state: 'stopped' as const }, version, false],
    ['its edge is the proxy', record, versionRecord({ number: 2 }), false],
    ['the function is gone', undefined, version, false],
  ])('when %s', (_what, fn, of, expected) => {
    expect(isDirect(fn, of)).toBe(expected);
  }); // prettier-ignore
});
