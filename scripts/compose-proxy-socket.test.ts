import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

type Stack = {
  services: Record<
    string,
    { environment?: Record<string, string>; volumes?: string[]; healthcheck?: { test: string[] } }
  >;
  volumes: object;
};

const file = new URL('../docker-compose.yaml', import.meta.url);
const { services, volumes } = parse(readFileSync(file, 'utf8'), { merge: true }) as Stack;
const setting = (service: string, name: string) => services[service]!.environment![name]!;
/** `${NAME:-default}` as Compose reads it. */
const read = (text: string, env: Record<string, string> = {}) =>
  text.replace(/\$\{(\w+):-([^}]*)\}/g, (_, name: string, fallback: string) => env[name] ?? fallback);
const healthCheck = services['function-proxy']!.healthcheck!.test;

describe('the way to the function-proxy in docker-compose.yaml', () => {
  test('is one Unix socket: where it listens, where the others ask, and what its health check looks at', () => {
    const at = read(setting('function-proxy', 'PROXY_LISTEN'));
    expect(at).toBe('unix:/app/run/proxy.sock');
    for (const service of ['api-gateway', 'function-controller'])
      expect(read(setting(service, 'PROXY_URL')), service).toBe(at);
    expect(healthCheck.map((part) => read(part))).toEqual(['CMD', 'plat-health', at]);
  });

  test('its volume can be written by the function-proxy alone, and is seen by those that ask it and by nobody else', () => {
    const mounts = Object.entries(services).flatMap(([service, { volumes: mounted = [] }]) =>
      mounted.filter((mount) => mount.startsWith('proxy-socket:')).map((mount) => [service, mount]),
    );
    expect(volumes).toHaveProperty('proxy-socket');
    expect(mounts).toEqual([
      ['function-controller', 'proxy-socket:/app/run:ro'],
      ['function-proxy', 'proxy-socket:/app/run'],
      ['api-gateway', 'proxy-socket:/app/run:ro'],
    ]);
  });

  test('is TCP when two settings say so', () => {
    const tcp = 'http://function-proxy:7074';
    expect(read(setting('function-proxy', 'PROXY_LISTEN'), { PROXY_LISTEN: tcp })).toBe(tcp);
    expect(read(setting('api-gateway', 'PROXY_URL'), { PROXY_URL: tcp })).toBe(tcp);
    expect(healthCheck.map((part) => read(part, { PROXY_LISTEN: tcp }))).toContain(tcp);
  });
});
