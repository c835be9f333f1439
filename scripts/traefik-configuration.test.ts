import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

type Service = {
  image: string;
  environment: Record<string, string>;
  volumes: string[];
  ports: string[];
  labels: Record<string, string>;
  networks: string[];
  healthcheck: { test: string[] };
  read_only: boolean;
  cap_drop: string[];
  security_opt: string[];
};
type Router = {
  rule: string;
  priority: number;
  entryPoints: string[];
  service: string;
  tls?: { certResolver?: string; domains?: { main: string; sans: string[] }[] };
};
type Dynamic = {
  http: {
    routers: Record<string, Router>;
    services: Record<string, { loadBalancer: { passHostHeader: boolean; servers: { url: string }[] } }>;
  };
};

const read = (file: string) => readFileSync(new URL(`../proxy/${file}`, import.meta.url), 'utf8');
const { traefik } = (parse(read('compose.yaml')) as { services: { traefik: Service } }).services;

/** `${NAME:-default}` as Compose reads it, defaults within defaults too. */
function interpolate(text: string, env: Record<string, string> = {}): string {
  const before = text;
  const after = text.replace(/\$\{(\w+)(?::-([^${}]*))?\}/g, (_, name: string, fallback = '') => env[name] || (fallback as string)); // prettier-ignore
  return before === after ? after : interpolate(after, env);
}

/** The few things of Go's templates that `dynamic/functions.yaml` uses; anything else stays and fails the test. */
function render(env: Record<string, string>): Dynamic {
  const text = read('dynamic/functions.yaml')
    .replace(/\{\{ if env "(\w+)" \}\}(.*?)\{\{ end \}\}/g, (_, name: string, inner: string) => env[name] ? inner : '')
    .replace(/\{\{ env "(\w+)" \| replace "\." "\\\\\." \}\}/g, (_, name: string) => env[name]!.replaceAll('.', '\\.'))
    .replace(/\{\{ env "(\w+)" \}\}/g, (_, name: string) => env[name] ?? ''); // prettier-ignore
  expect(text).not.toContain('{{');
  return parse(text) as Dynamic;
}

const ENV = { DOMAIN: 'platform.test', EDGE_URL: 'http://function-proxy:8080' };
/** A rule that is one HostRegexp, as the expression it holds (Traefik's are Go's, which agree with these here). */
const hosts = (router: Router) => new RegExp(/^HostRegexp\(`(.*)`\)$/.exec(router.rule)![1]!);

describe('the static options of Traefik', () => {
  const options = (env: Record<string, string> = {}) =>
    Object.fromEntries(
      Object.entries(traefik.environment)
        .filter(([name]) => name.startsWith('TRAEFIK_'))
        .map(([name, value]) => [name, interpolate(value, env)]),
    );

  test('are these; the dashboard, the access log, metrics and telemetry are off', () => {
    expect(options()).toEqual({
      TRAEFIK_GLOBAL_CHECKNEWVERSION: 'false',
      TRAEFIK_GLOBAL_SENDANONYMOUSUSAGE: 'false',
      TRAEFIK_LOG_LEVEL: 'WARN',
      TRAEFIK_PING: 'true',
      TRAEFIK_PING_ENTRYPOINT: 'ping',
      TRAEFIK_ENTRYPOINTS_PING_ADDRESS: '127.0.0.1:8082',
      TRAEFIK_ENTRYPOINTS_WEB_ADDRESS: ':8000',
      TRAEFIK_ENTRYPOINTS_WEBSECURE_ADDRESS: ':8443',
      TRAEFIK_ENTRYPOINTS_WEB_TRANSPORT_RESPONDINGTIMEOUTS_READTIMEOUT: '1h',
      TRAEFIK_ENTRYPOINTS_WEBSECURE_TRANSPORT_RESPONDINGTIMEOUTS_READTIMEOUT: '1h',
      TRAEFIK_SERVERSTRANSPORT_FORWARDINGTIMEOUTS_IDLECONNTIMEOUT: '4s',
      TRAEFIK_PROVIDERS_FILE_DIRECTORY: '/etc/traefik/dynamic',
      TRAEFIK_PROVIDERS_FILE_WATCH: 'true',
      TRAEFIK_PROVIDERS_DOCKER: 'true',
      TRAEFIK_PROVIDERS_DOCKER_ENDPOINT: 'unix:///app/engine/engine.sock',
      TRAEFIK_PROVIDERS_DOCKER_EXPOSEDBYDEFAULT: 'false',
      TRAEFIK_PROVIDERS_DOCKER_CONSTRAINTS: 'Label(`plat.namespace`, `plat`)',
      TRAEFIK_CERTIFICATESRESOLVERS_LETSENCRYPT_ACME_EMAIL: '',
      TRAEFIK_CERTIFICATESRESOLVERS_LETSENCRYPT_ACME_STORAGE: '/acme/acme.json',
      TRAEFIK_CERTIFICATESRESOLVERS_LETSENCRYPT_ACME_TLSCHALLENGE: 'true',
    });
  });

  test('follow the namespace and the address for ACME', () => {
    const own = options({ PLAT_NAMESPACE: 'second', ACME_EMAIL: 'a@example.org' });
    expect(own).toMatchObject({
      TRAEFIK_PROVIDERS_DOCKER_CONSTRAINTS: 'Label(`plat.namespace`, `second`)',
      TRAEFIK_CERTIFICATESRESOLVERS_LETSENCRYPT_ACME_EMAIL: 'a@example.org',
    });
  });

  test('the container is published on loopback, confined, and found by its label', () => {
    expect(traefik.image).toBe('traefik:v3.7');
    expect(traefik.ports.map((port) => interpolate(port))).toEqual([
      '127.0.0.1:80:8000',
      '127.0.0.1:443:8443',
    ]);
    expect(traefik.volumes).toContain('./dynamic:/etc/traefik/dynamic:ro');
    expect(traefik).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      networks: ['platform'],
    });
    expect(interpolate(traefik.labels['plat.edge']!, { PLAT_NAMESPACE: 'second' })).toBe('second');
    expect(traefik.healthcheck.test).toEqual(['CMD', 'traefik', 'healthcheck']);
  });

  test('every variable that the dynamic file reads is given to the container', () => {
    const names = [...read('dynamic/functions.yaml').matchAll(/env "(\w+)"/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(traefik.environment).toHaveProperty(name!);
  });
});

describe('the routers to the function-proxy', () => {
  const { routers, services } = render(ENV).http;

  test('are these, each on one entry point, the custom domains last', () => {
    expect(
      Object.entries(routers).map(([name, router]) => [
        name,
        router.priority,
        router.entryPoints,
        router.service,
      ]),
    ).toEqual([
      ['functions', 10, ['web'], 'function-proxy'],
      ['functions-tls', 10, ['websecure'], 'function-proxy'],
      ['custom-domains', 1, ['web'], 'function-proxy'],
      ['custom-domains-tls', 1, ['websecure'], 'function-proxy'],
    ]);
    for (const [name, router] of Object.entries(routers))
      expect('tls' in router, name).toBe(name.endsWith('-tls'));
    expect(services).toEqual({
      'function-proxy': {
        loadBalancer: { passHostHeader: true, servers: [{ url: 'http://function-proxy:8080' }] },
      },
    });
  });

  test.each(['functions', 'functions-tls'])(
    '%s takes one label under the domain, and under localhost',
    (name) => {
      const rule = hosts(routers[name]!);
      for (const host of ['shop-cart.platform.test', 'a.platform.test', 'shop-cart.localhost'])
        expect(rule.test(host), host).toBe(true);
      for (const host of [
        'platform.test',
        'a.b.platform.test',
        'a.platformxtest',
        'a.platform.test.evil.org',
        'x.org',
      ])
        expect(rule.test(host), host).toBe(false);
    },
  );

  test.each(['custom-domains', 'custom-domains-tls'])('%s takes any host', (name) => {
    expect(hosts(routers[name]!).test('www.example.org')).toBe(true);
  });

  test('a certificate is asked for only with an address and the wish for one', () => {
    const resolver = (env: Record<string, string>) =>
      render({ ...ENV, ...env }).http.routers['functions-tls']!.tls!.certResolver;
    expect(resolver({})).toBe('');
    expect(resolver({ ACME_EMAIL: 'a@example.org' })).toBe('');
    expect(resolver({ ACME_WILDCARD: 'letsencrypt' })).toBe('');
    expect(resolver({ ACME_EMAIL: 'a@example.org', ACME_WILDCARD: 'letsencrypt' })).toBe('letsencrypt');
    expect(render(ENV).http.routers['functions-tls']!.tls!.domains).toEqual([
      { main: 'platform.test', sans: ['*.platform.test'] },
    ]);
  });
});

describe('docker-compose.yaml agrees', () => {
  type Stack = {
    services: Record<
      string,
      Partial<Omit<Service, 'environment'>> & {
        environment?: Record<string, string | null>;
        extends?: { file: string; service: string };
      }
    >;
    volumes: object;
    networks: object;
  };
  const file = new URL('../docker-compose.yaml', import.meta.url);
  const { services, volumes, networks } = parse(readFileSync(file, 'utf8'), { merge: true }) as Stack;
  const environment = (name: string) => services[name]!.environment!;
  const own = (text: string | null | undefined) =>
    interpolate(text ?? '', { COMPOSE_PROJECT_NAME: 'second' });

  test('the service is the one of proxy/compose.yaml, and looks only at its own installation', () => {
    expect(services['traefik']!.extends).toEqual({ file: 'proxy/compose.yaml', service: 'traefik' });
    const { TRAEFIK_PROVIDERS_DOCKER_CONSTRAINTS, ...others } = environment('traefik');
    expect(others).toEqual({});
    expect(own(TRAEFIK_PROVIDERS_DOCKER_CONSTRAINTS)).toBe('Label(`plat.namespace`, `second`)');
    expect(own(environment('function-controller')['PLAT_NAMESPACE'])).toBe('second');
    expect(volumes).toHaveProperty('traefik-acme');
    expect(networks).toHaveProperty('platform');
  });

  test('it sees the engine through its own socket only', () => {
    const mounts = [...traefik.volumes, ...services['traefik']!.volumes!];
    expect(mounts).toContain('engine-traefik:/app/engine:ro');
    expect(mounts.filter((mount) => mount.includes('docker.sock'))).toEqual([]);
  });

  test('the function-controller finds Traefik by the label that it carries', () => {
    const [label, value] = own(environment('function-controller')['TRAEFIK_CONTAINER']).split('=');
    expect(own(services['traefik']!.labels![label!])).toBe(value);
  });

  test('Traefik asks the function-proxy where it listens, and all mean the same domain', () => {
    expect(environment('function-proxy')['EDGE_LISTEN']).toBe(interpolate(traefik.environment['EDGE_URL']!));
    for (const name of ['function-proxy', 'function-controller', 'api-gateway'])
      expect(environment(name), name).toHaveProperty('DOMAIN');
    expect(environment('function-controller')).toHaveProperty('EDGE_CERT_RESOLVER');
  });

  test('nobody else but the gateway publishes a port, and the registry one on loopback for the engine', () => {
    const published = Object.keys(services).filter((name) => services[name]!.ports);
    expect(published).toEqual(['api-gateway', 'registry']);
    // Whatever BIND_ADDRESS says: docs/decisions/0012-the-registry-is-on-loopback.md.
    expect(services['registry']!.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
  });
});
