import { createHash } from 'node:crypto';
import type { FunctionRecord, VersionRecord } from '@plat/platform-kit/domain.ts';
import { hostLabel } from '@plat/platform-kit/names.ts';

/** What Traefik has to be told beside the function; `certResolver`: who gives certificates for its hosts. */
export type EdgeSettings = { namespace: string; domain: string; certResolver?: string | undefined };

/** Above the routers of `proxy/dynamic/functions.yaml`, which take whatever no other router takes. */
const PRIORITY = 1000;
/** The function-proxy sets these; an instance believes them, so a caller may not. */
const CONTROL_HEADERS = ['X-Plat-Request-Id', 'X-Plat-Timeout-Ms', 'X-Plat-Trigger', 'X-Plat-Event'];

/**
 * True when Traefik may send calls of the function straight to instances of `version`: it says `edge: direct`, and every
 * call to alias `live` is its. Of a split Traefik does not know the weights, and of a version that is being deployed it
 * must not know.
 */
export function isDirect(record: FunctionRecord | undefined, version: VersionRecord): boolean {
  if (record?.state !== 'active' || version.state !== 'ready' || version.config.edge !== 'direct')
    return false;
  const live = record.aliases.find((alias) => alias.name === 'live')?.weights ?? [];
  const called = live.filter((part) => part.weight > 0);
  return called.length === 1 && called[0]!.version === version.number;
}

/**
 * Traefik's labels for instances of `version`, empty unless it is direct. Their names hold a hash of what they say:
 * instances that are replaced because it changed then do not contradict the new ones, which would make Traefik drop
 * both routers. Instances that say the same share one service, so that while a version is replaced a request that one of
 * them no longer takes is tried at another.
 */
export function edgeLabels(
  record: FunctionRecord | undefined,
  version: VersionRecord,
  { settings, port }: { settings: EdgeSettings; port: number },
): Record<string, string> {
  if (!record || !isDirect(record, version)) return {};
  const own = hostLabel(record.project, record.name);
  const hosts = [`${own}.${settings.domain}`, `${own}.localhost`, ...record.domains];
  // The prefix is the runtime's own; whoever asks for it gets the function-proxy's refusal.
  const rule = `(${hosts.map((host) => `Host(\`${host}\`)`).join(' || ')}) && !PathRegexp(\`(?i)^/+_plat(/|$)\`)`;
  const { contract } = version.config;
  const base = `${settings.namespace}-${own}`;
  const name = `${base}-${hash([rule, contract, settings.certResolver ?? '', port])}`;
  const router = (suffix: string, entryPoint: string) => ({
    [`traefik.http.routers.${name}${suffix}.rule`]: rule,
    [`traefik.http.routers.${name}${suffix}.entrypoints`]: entryPoint,
    [`traefik.http.routers.${name}${suffix}.priority`]: String(PRIORITY),
    [`traefik.http.routers.${name}${suffix}.service`]: name,
    [`traefik.http.routers.${name}${suffix}.middlewares`]: `${name}-headers,${name}-retry`,
  });
  return {
    'traefik.enable': 'true',
    ...router('', 'web'),
    ...router('-tls', 'websecure'),
    [`traefik.http.routers.${name}-tls.tls`]: 'true',
    ...(settings.certResolver
      ? { [`traefik.http.routers.${name}-tls.tls.certresolver`]: settings.certResolver }
      : {}),
    [`traefik.http.services.${name}.loadbalancer.server.port`]: String(port),
    // Only a handler's server promises to answer this path.
    ...(contract === 'handler'
      ? {
          [`traefik.http.services.${name}.loadbalancer.healthcheck.path`]: '/_plat/ready',
          [`traefik.http.services.${name}.loadbalancer.healthcheck.interval`]: '1s',
          [`traefik.http.services.${name}.loadbalancer.healthcheck.timeout`]: '1s',
        }
      : {}),
    // An empty value takes the header off.
    ...Object.fromEntries(
      CONTROL_HEADERS.map((header) => [
        `traefik.http.middlewares.${name}-headers.headers.customrequestheaders.${header}`,
        '',
      ]),
    ),
    [`traefik.http.middlewares.${name}-retry.retry.attempts`]: '3',
    [`traefik.http.middlewares.${name}-retry.retry.initialinterval`]: '100ms',
  };
}

function hash(parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
}
