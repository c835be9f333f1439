import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import { isRolloutOver, type RolloutView } from '@plat/platform-kit/rollout.ts';
import type { ServerSentEvent } from '@plat/platform-kit/sse.ts';
import { followRecord } from './follow-record.ts';
import type { VersionWatch } from './version-watch.ts';

/** Figures change without a change of the record. */
const REREAD_MS = 1000;

/**
 * Sends `state` for the rollout and each change of it, and `end` once it is over. Ends without `end` when `signal`
 * aborts, the function is deleted, or another rollout has begun.
 */
export async function sendRolloutEvents(
  deps: { metadata: Pick<MetadataClient, 'getRollout'>; versionWatch: VersionWatch },
  first: RolloutView,
  { send, signal }: { send: (event: ServerSentEvent) => Promise<void>; signal: AbortSignal },
): Promise<void> {
  const { project, function: name, functionId, id } = first;
  const last = await followRecord<RolloutView>(
    {
      versionWatch: deps.versionWatch,
      functionId,
      read: () => deps.metadata.getRollout(project, name),
      rereadMs: REREAD_MS,
      onState: async (data) => {
        if (data.id === id) await send({ event: 'state', data });
      },
      isOver: (rollout) => isRolloutOver(rollout.state) || rollout.id !== id,
    },
    signal,
  );
  if (last?.id === id) await send({ event: 'end', data: last });
}
