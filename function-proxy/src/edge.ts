import type { IncomingMessage } from 'node:http';
import type { InvocationTarget } from '@plat/platform-kit/invoker.ts';
import { edgeLabel, hostName, originForm } from './edge-host.ts';
import type { FunctionRoute, RoutingTable } from './routing-table.ts';

export type EdgeOptions = { table: RoutingTable; domain: string; bodyLimitBytes: number };

/** What a request to a function's own host means; undefined when the host is nobody's, or its function is not public. */
export function edgeTarget(
  req: IncomingMessage,
  requestId: string,
  options: EdgeOptions,
): InvocationTarget | undefined {
  const fn = functionOf(req.headers.host, options);
  if (!fn) return undefined;
  const live = (fn.aliases.get('live')?.weights ?? []).filter(({ weight }) => weight > 0);
  const versions = live.map(({ version }) => fn.versions.get(version)?.route);
  if (versions.length === 0 || versions.some((route) => route === undefined || route.edge === 'off'))
    return undefined;
  return {
    requestId,
    project: fn.record.project,
    function: fn.record.name,
    selector: { alias: 'live' },
    path: originForm(req.url),
    trigger: 'edge',
    bodyLimitBytes: options.bodyLimitBytes,
  };
}

/** Names under the platform's domain are never anything but the platform's own. */
function functionOf(host: string | undefined, { table, domain }: EdgeOptions): FunctionRoute | undefined {
  const label = edgeLabel(host, domain);
  if (label !== undefined) return table.byLabel(label);
  const name = hostName(host);
  return name === undefined ? undefined : table.byDomain(name);
}
