import type { IncomingHttpHeaders } from 'node:http';
import type { Writable } from 'node:stream';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { InvocationTarget } from '@plat/platform-kit/invoker.ts';
import { Rerouted, type Acquirer, type Lease } from './acquire.ts';
import type { CallFacts } from './execution.ts';
import type { PastVersions } from './past-versions.ts';
import { isReservedPath } from './reserved-path.ts';
import { isStillRouted, resolveTarget } from './resolve-target.ts';
import type { FunctionRoute, RoutingTable } from './routing-table.ts';
import { stickyCaller } from './sticky-caller.ts';
import { wakeTraceparent } from './trace-call.ts';
import type { VersionRoute } from './version-route.ts';

/** A call whose function changes while it waits is resolved anew at most this often. */
const MAX_RESOLVES = 50;

export type FindDeps = {
  table: RoutingTable;
  past: PastVersions;
  acquirer: Acquirer;
  /** False until the record was read once: before that nothing is known to not exist. */
  isSynced: () => boolean;
  random: () => number;
};

/** Errors: `not_found`, `unavailable`. */
export function findFunction(
  target: InvocationTarget,
  { table, isSynced }: Pick<FindDeps, 'table' | 'isSynced'>,
): FunctionRoute {
  if (!target.path.startsWith('/'))
    throw new PlatformError(
      'invalid',
      `The path must start with "/" (received "${target.path.slice(0, 80)}").`,
    );
  if (isReservedPath(target.path))
    throw new PlatformError('not_found', 'Paths under /_plat belong to the platform.');
  if (!isSynced()) {
    throw new PlatformError(
      'unavailable',
      'The proxy has not read the functions yet; try again in a moment.',
      {
        details: { reason: 'not_synced', retryAfterSeconds: 1 },
      },
    );
  }
  return table.byName(target.project, target.function);
}

/** `caller`: what closes when the caller leaves. */
export type Seeker = {
  caller: Writable;
  headers: IncomingHttpHeaders;
  fn: FunctionRoute;
  call: CallFacts;
  target: InvocationTarget;
};

/**
 * The first two steps: the version that is meant, and a lease on an instance of it. Notes both in `call`. Returns a promise
 * only when there is something to wait for.
 */
export function findInstance(seeker: Seeker, deps: FindDeps): Lease | Promise<Lease> {
  const version = resolveFor(seeker, seeker.fn, deps);
  if (version instanceof Promise) return waitForInstance(seeker, version, deps);
  const lease = deps.acquirer.take(version);
  return lease ? noted(seeker.call, lease) : waitForInstance(seeker, version, deps);
}

/** Notes in `call` who the caller is, the first time that the alias wants to know. */
function resolveFor(
  { call, headers, target }: Seeker,
  fn: FunctionRoute,
  deps: FindDeps,
): VersionRoute | Promise<VersionRoute> {
  const { selector } = target;
  const sticky = 'alias' in selector ? fn.aliases.get(selector.alias)?.sticky : undefined;
  if (sticky) call.caller ??= stickyCaller(sticky, headers);
  return resolveTarget(fn, selector, deps, sticky && call.caller);
}

async function waitForInstance(
  seeker: Seeker,
  first: VersionRoute | Promise<VersionRoute>,
  deps: FindDeps,
): Promise<Lease> {
  const { call, target } = seeker;
  let version = await first;
  for (let tries = 1; tries <= MAX_RESOLVES; tries++) {
    if (tries > 1) {
      version = await resolveFor(seeker, findFunction(target, deps), deps);
    }
    call.version = version.number;
    const lease = deps.acquirer.take(version) ?? (await waitInLine(seeker, version, deps));
    if (lease) return noted(call, lease);
  }
  throw movedTooOften();
}

/** Undefined when the version is no longer what the target means. */
function waitInLine(
  { caller, call, target }: Seeker,
  version: VersionRoute,
  { acquirer, table }: FindDeps,
): Promise<Lease | undefined> {
  const isRouted = () => isStillRouted(table, target, version);
  call.queuedAt ??= performance.now();
  return untilCallerLeaves<Lease | undefined>(caller, (signal) =>
    acquirer.wait(version, { signal, isStillRouted: isRouted, traceparent: wakeTraceparent(call) }),
  ).catch((error: unknown) => {
    if (error instanceof Rerouted) return undefined;
    throw error;
  });
}

function noted(call: CallFacts, lease: Lease): Lease {
  call.version = lease.version.number;
  call.instance = lease.instance.id;
  call.servedBy = lease.instance;
  call.busyMsBefore = lease.instance.busyMs();
  call.leasedAt = performance.now();
  if (!lease.cold) return lease;
  call.cold = true;
  call.rung = lease.rung;
  call.wokenAt = call.leasedAt;
  return lease;
}

async function untilCallerLeaves<T>(caller: Writable, wait: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const left = new AbortController();
  const leave = () => left.abort(new PlatformError('client_closed', 'The client left while it waited.'));
  if (caller.destroyed) leave();
  caller.once('close', leave);
  try {
    return await wait(left.signal);
  } finally {
    caller.off('close', leave);
  }
}

function movedTooOften(): PlatformError {
  return new PlatformError('unavailable', 'The function is being changed right now; try again in a moment.', {
    details: { retryAfterSeconds: 1 },
  });
}
