import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { InvocationTarget, Selector } from '@plat/platform-kit/invoker.ts';
import type { VersionRecord } from '@plat/platform-kit/domain.ts';
import type { PastVersions } from './past-versions.ts';
import { pickSticky } from './pick-sticky.ts';
import { resolveAlias } from './resolve-alias.ts';
import type { FunctionRoute, RoutingTable } from './routing-table.ts';
import type { StickyCaller } from './sticky-caller.ts';
import { toVersionRoute, type VersionRoute } from './version-route.ts';

export type ResolveDeps = { table: RoutingTable; past: PastVersions; random: () => number };

/**
 * The version a target means, for `caller` when the alias tells callers apart. Returns a promise only for a version that no alias names, which may have to be asked for.
 * Errors: `not_found` (function, alias, version), `unavailable` (stopped, nothing ready).
 */
export function resolveTarget(
  fn: FunctionRoute,
  selector: Selector,
  deps: ResolveDeps,
  caller: StickyCaller | undefined,
): VersionRoute | Promise<VersionRoute> {
  const { record } = fn;
  if (record.state === 'stopped') {
    throw new PlatformError(
      'unavailable',
      `The function "${record.name}" is stopped; start it with plat start ${record.name}.`,
      { details: { reason: 'stopped' } },
    );
  }
  return 'alias' in selector
    ? byAlias(fn, selector.alias, deps, caller)
    : byNumber(fn, selector.version, deps.past);
}

/** Whether a request that was resolved to `version` would still be sent there. */
export function isStillRouted(table: RoutingTable, target: InvocationTarget, version: VersionRoute): boolean {
  const fn = table.byId(version.functionId);
  if (!fn || fn.record.state === 'stopped') return false;
  if (!('alias' in target.selector)) return true;
  const weights = fn.aliases.get(target.selector.alias)?.weights ?? [];
  return weights.some((entry) => entry.version === version.number && entry.weight > 0);
}

function byAlias(fn: FunctionRoute, alias: string, deps: ResolveDeps, caller?: StickyCaller): VersionRoute {
  const { record, aliases, versions } = fn;
  const weights = aliases.get(alias)?.weights;
  if (!weights && alias !== 'live') {
    const known = [...aliases.keys()].join(', ');
    throw new PlatformError(
      'not_found',
      `The function "${record.name}" has no alias "${alias}"; it has: ${known || 'none'}.`,
      { details: { alias } },
    );
  }
  const number = caller
    ? pickSticky(weights ?? [], record.id, caller.key)
    : resolveAlias(weights ?? [], deps.random());
  const version = number === undefined ? undefined : versions.get(number);
  if (version) return version.route;
  throw new PlatformError(
    'unavailable',
    `The function "${record.name}" has no version that is ready. ${stateOfLatest(record.latest, versions)}`,
    { details: { reason: 'no_ready_version', retryAfterSeconds: 5 } },
  );
}

function stateOfLatest(latest: number, versions: FunctionRoute['versions']): string {
  const state = versions.get(latest)?.state;
  return state === undefined
    ? 'plat versions shows what became of its versions.'
    : `Version ${latest} is ${state}.`;
}

function byNumber(
  { record, versions }: FunctionRoute,
  number: number,
  past: PastVersions,
): VersionRoute | Promise<VersionRoute> {
  const { id, project, name, latest } = record;
  const known = versions.get(number);
  if (known) {
    assertReady(name, number, known.state);
    return known.route;
  }
  if (number < 1 || number > latest) {
    throw new PlatformError(
      'not_found',
      `The function "${name}" has no version ${number}; its latest is ${latest}.`,
      { details: { version: number, latest } },
    );
  }
  return past.find(id, project, name, number).then((version) => {
    assertReady(name, number, version.state);
    return toVersionRoute(version);
  });
}

function assertReady(name: string, number: number, state: VersionRecord['state']): void {
  if (state === 'ready') return;
  throw new PlatformError(
    'unavailable',
    `Version ${number} of the function "${name}" is ${state}, not ready.`,
    {
      details: { reason: 'version_not_ready', state },
    },
  );
}
