import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { API } from '@plat/platform-kit/api/api.ts';
import { parse } from 'yaml';

type Balancer = {
  healthCheck?: { path: string; interval: string; timeout: string };
  servers: { url: string }[];
};
type Dynamic = {
  http: {
    routers: Record<string, { rule: string; entryPoints: string[]; service: string; middlewares: string[] }>;
    middlewares: Record<string, { retry: { attempts: number } }>;
    services: Record<string, { loadBalancer?: Balancer; failover?: { service: string; fallback: string } }>;
  };
};
type Service = { environment: Record<string, string>; ports: string[] };
type Overlay = { services: Record<string, Service> };

const read = (file: string) => readFileSync(new URL(`../proxy/${file}`, import.meta.url), 'utf8');
/** Compose's own tags say how lists are merged; what they stand before is a list all the same. */
const overlay = (file: string) => parse(read(file).replace(/!(reset|override) /g, '')) as Overlay;
const second = overlay('second-gateway.yaml').services;
const behind = overlay('gateways-behind-traefik.yaml').services;
const GATEWAYS = ['api-gateway', 'api-gateway-2'];

/** Go's template, of which the file uses one condition. */
function render(env: Record<string, string>): Dynamic | null {
  const text = read('dynamic/gateways.yaml').replace(
    /\{\{ if env "(\w+)" \}\}([^]*)\{\{ end \}\}/,
    (_, name: string, inner: string) => (env[name] ? inner : ''),
  );
  expect(text).not.toContain('{{');
  return parse(text) as Dynamic | null;
}

describe('gateways behind Traefik', () => {
  test('there are none unless the overlay says so', () => {
    expect(render({})).toBeNull();
  });

  const { routers, middlewares, services } = render(behind['traefik']!.environment)!.http;
  const router = routers['gateways']!;

  test('everything at their entry point goes to them, and again to the other when one takes no connection', () => {
    expect(Object.keys(routers)).toEqual(['gateways']);
    expect(router.rule).toBe('PathPrefix(`/`)');
    expect(router.entryPoints.map((name) => `TRAEFIK_ENTRYPOINTS_${name.toUpperCase()}_ADDRESS`)).toEqual(
      Object.keys(behind['traefik']!.environment).filter((name) => name.endsWith('_ADDRESS')),
    );
    // Only attempts: `status` and the like would repeat what a gateway has taken.
    expect(router.middlewares.map((name) => middlewares[name])).toEqual([
      { retry: { attempts: 4, initialInterval: '100ms' } },
    ]);
  });

  test('those that are ready come first, and any that takes connections when none is', () => {
    const { service, fallback } = services[router.service]!.failover!;
    const [ready, any] = [services[service]!.loadBalancer!, services[fallback]!.loadBalancer!];
    expect(ready.healthCheck?.path).toBe(API.readiness.path);
    expect(any.healthCheck).toBeUndefined();
    for (const { servers } of [ready, any])
      expect(servers).toEqual(GATEWAYS.map((name) => ({ url: `http://${name}:8080` })));
  });

  test('a gateway that ends is unready for longer than it takes Traefik to see that', () => {
    const { interval, timeout } = services['ready-gateways']!.loadBalancer!.healthCheck!;
    const noticedS = Number.parseInt(interval) + Number.parseInt(timeout);
    expect(Object.keys(second)).toEqual(GATEWAYS);
    for (const name of GATEWAYS) {
      const delay = /^\$\{DRAIN_DELAY_SECONDS:-(\d+)\}$/.exec(
        second[name]!.environment['DRAIN_DELAY_SECONDS']!,
      );
      expect(Number(delay![1]), name).toBeGreaterThan(noticedS);
    }
  });

  test('Traefik takes the port of the gateways, which publish none and believe it alone', () => {
    expect(behind['traefik']!.ports).toEqual(['${BIND_ADDRESS:-127.0.0.1}:${PORT:-8080}:8080']);
    for (const name of GATEWAYS) {
      expect(behind[name]!.ports, name).toEqual([]);
      expect(behind[name]!.environment, name).toEqual({ TRUST_PROXY: '1' });
    }
  });
});
