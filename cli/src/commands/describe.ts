import { PlatformError } from '@plat/platform-kit/errors.ts';
import { formatDuration } from '@plat/platform-kit/quantities.ts';
import { describeRest } from '@plat/platform-kit/scale-policy.ts';
import { isRolloutOver, rolloutPercent, type RolloutView } from '@plat/platform-kit/rollout.ts';
import type { FunctionKey } from '../api-client.ts';
import type { ApiContext } from '../context.ts';
import { formatWeights, liveVersion } from '../live-version.ts';
import { printObject } from '../output/print.ts';
import { resolveFunction } from '../target.ts';

/** Shows all that is known of a function. */
export async function describe(context: ApiContext, args: { name?: string }): Promise<void> {
  const key = resolveFunction(context, args.name);
  const view = await context.api.getFunction(key);
  const rollout = await activeRollout(context, key);
  const { live } = view;
  const others = view.aliases.filter((alias) => alias.name !== 'live');
  await printObject(context, {
    value: view,
    name: view.name,
    rows: [
      ['Name', view.name],
      ['Project', view.project],
      ['Status', view.status],
      ['URL', view.url],
      ['Own host', view.hostUrl ?? 'off'],
      ['Domains', view.domains.length ? view.domains.join(' ') : undefined],
      ['Live version', liveVersion(view)],
      ['Latest version', view.latest || null],
      ['Rollout', rollout && describeRollout(rollout)],
      [
        'Aliases',
        others.length ? others.map((a) => `${a.name}=${formatWeights(a.weights)}`).join(' ') : undefined,
      ],
      ['Runtime', live?.runtime],
      ['Handler', live?.handler ?? undefined],
      ['Memory', live ? `${live.memoryMb} MB` : undefined],
      ['CPU', live?.cpus],
      ['Timeout', live ? formatDuration(live.timeoutMs) : undefined],
      ['Concurrency', live?.concurrency],
      ['Instances', live && `${live.scale.min} to ${live.scale.max}`],
      ['Rests', live && describeRest(live.scale)],
      ...Object.entries(live?.env ?? {}).map(([key, value]): [string, string] => [`Env ${key}`, value]),
      ['Created', view.createdAt],
      ['Updated', view.updatedAt],
    ],
  });
}

/** The one that is under way; none for who may not see versions. */
async function activeRollout(context: ApiContext, key: FunctionKey): Promise<RolloutView | undefined> {
  try {
    const rollout = await context.api.getRollout(key);
    return isRolloutOver(rollout.state) ? undefined : rollout;
  } catch (error) {
    if (error instanceof PlatformError && (error.code === 'not_found' || error.code === 'forbidden'))
      return undefined;
    throw error;
  }
}

function describeRollout(rollout: RolloutView): string {
  const last = rollout.events.at(-1)?.message ?? '';
  return `version ${rollout.version} at ${rolloutPercent(rollout)} %, ${rollout.state}. ${last}`;
}
