import type { Activity } from './activity.ts';
import type { Usefulness } from './budget/usefulness.ts';
import type { CalledVersions } from './called-versions.ts';
import type { EdgeNetworks } from './edge-networks.ts';
import type { EmptyFunctions } from './empty-functions.ts';
import type { InstanceHost } from './instance-host.ts';
import type { KeptLogs } from './kept-logs.ts';
import type { KnownFunctions } from './known-functions.ts';
import type { LoadHistory } from './load-history.ts';
import type { Pools } from './pools/pools.ts';
import type { StartBackoff } from './start-backoff.ts';

export type ForgetDeps = {
  host: Pick<InstanceHost, 'list' | 'listProjects' | 'forgetProject'>;
  keptLogs: Pick<KeptLogs, 'forget'>;
  activity: Activity;
  load: LoadHistory;
  usefulness: Usefulness;
  backoff: StartBackoff;
  empty: EmptyFunctions;
  called: CalledVersions;
  edgeNetworks: EdgeNetworks;
  pools: Pick<Pools, 'forgetProject'>;
  functions: Pick<KnownFunctions, 'all' | 'isCurrent' | 'unclaimed'>;
};

/** Once the last instance of a deleted function is gone: its logs, and its project's network if it was the last one. */
export async function forgetFunction(
  deps: ForgetDeps,
  functionId: string,
  signal: AbortSignal,
): Promise<void> {
  const left = await deps.host.list({ functionId }, signal);
  if (left.length > 0) return;
  await deps.keptLogs.forget(functionId);
  deps.activity.forget(functionId);
  deps.load.forgetFunction(functionId);
  deps.usefulness.forgetFunction(functionId);
  deps.backoff.forget(`${functionId}/`);
  deps.called.forget(functionId);
  deps.empty.forget(functionId);
  await forgetEmptyProjects(deps);
}

/** Pools and networks of projects that have no functions. Does nothing while the record may be old. */
export async function forgetEmptyProjects({
  host,
  pools,
  edgeNetworks,
  functions,
}: ForgetDeps): Promise<void> {
  if (!functions.isCurrent) return;
  // A network that the edge router is on cannot be removed.
  await edgeNetworks.sync();
  for (const project of await host.listProjects()) {
    // Asked anew for each: a function may have come meanwhile.
    const inUse = [...functions.all.values(), ...functions.unclaimed.values()].some(
      (it) => it.project === project,
    );
    if (inUse) continue;
    await pools.forgetProject(project);
    await host.forgetProject(project);
  }
}
