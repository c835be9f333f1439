import { isIP } from 'node:net';
import type { GatewayConfig } from './config.ts';

export type HostRoute = 'gateway' | 'function' | 'malformed';

/**
 * Whose host it is. `function`: exactly one label before `domain` or before `localhost`, or a custom domain, whatever the
 * port, unless it is one of the gateway's own. No host at all (HTTP/1.0) is the gateway's.
 */
export function hostRoute(
  header: string | undefined,
  options: { domain: string; ownHosts: ReadonlySet<string>; isCustom: (host: string) => boolean },
): HostRoute {
  if (header === undefined || header === '') return 'gateway';
  const host = hostName(header);
  if (host === undefined) return 'malformed';
  if (isIP(host) !== 0 || options.ownHosts.has(host)) return 'gateway';
  for (const suffix of [options.domain, 'localhost']) {
    if (!host.endsWith(`.${suffix}`)) continue;
    const label = host.slice(0, -suffix.length - 1);
    if (label !== '' && !label.includes('.')) return 'function';
  }
  return options.isCustom(host) ? 'function' : 'gateway';
}

/** The names that are the gateway's own, beside every address. */
export function ownHosts(config: Pick<GatewayConfig, 'DOMAIN' | 'PUBLIC_URL'>): Set<string> {
  const hosts = new Set(['localhost', config.DOMAIN]);
  if (config.PUBLIC_URL !== undefined) hosts.add(new URL(config.PUBLIC_URL).hostname);
  return hosts;
}

/** Whether a Host header names the gateway itself. A name that is nobody's is answered by the API, but is not its own. */
export function isOwnHost(header: string | undefined, own: ReadonlySet<string>): boolean {
  const host = hostName(header ?? '');
  return host === undefined || isIP(host) !== 0 || own.has(host);
}

/** The name in a Host header: without port, brackets and final dot, in lower case; undefined when it is none. */
export function hostName(header: string): string | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{0,5})?$/i.exec(header);
  return (match?.[1] ?? match?.[2]?.replace(/\.$/, ''))?.toLowerCase();
}
