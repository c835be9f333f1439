import type { EvictionOfCall } from '@plat/platform-kit/api/executions-api.ts';
import type { RecordedExecution } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Eviction } from '@plat/platform-kit/eviction.ts';

type Call = Pick<RecordedExecution, 'functionId' | 'version' | 'startedAt' | 'queueMs' | 'durationMs'>;

/**
 * Which evictions a call had to do with: those for its version while it waited, and the one that had put out its version's
 * last instance before, unless another was started in between. Pure.
 */
export function evictionsOfCall(
  call: Call,
  evictions: readonly Eviction[],
  seesProject: (project: string) => boolean,
): EvictionOfCall[] {
  const beganMs = Date.parse(call.startedAt);
  const endedMs = beganMs + call.queueMs + call.durationMs;
  const isOwn = (party: Eviction['taker']) =>
    party?.functionId === call.functionId && party.version === call.version;
  const other = (party: Eviction['taker']): EvictionOfCall['other'] => {
    if (!party || !seesProject(party.project)) return null;
    const { project, function: name, version } = party;
    return { project, function: name, version };
  };
  const madeRoom = evictions.filter(
    ({ at, taker }) => isOwn(taker) && Date.parse(at) >= beganMs && Date.parse(at) <= endedMs,
  );
  const putOut = evictions.findLast(
    ({ at, from, backAt }) =>
      isOwn(from) && Date.parse(at) < beganMs && (backAt === null || Date.parse(backAt) >= beganMs),
  );
  return [
    ...(putOut ? [{ at: putOut.at, role: 'was_put_out' as const, instance: putOut.instance, other: other(putOut.taker) }] : []),
    ...madeRoom.map(({ at, instance, from }) => ({ at, role: 'made_room' as const, instance, other: other(from) })),
  ];
} // prettier-ignore
