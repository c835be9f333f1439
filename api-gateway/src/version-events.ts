import type { BuilderClient } from '@plat/platform-kit/clients/builder-client.ts';
import type { MetadataClient } from '@plat/platform-kit/clients/metadata-client.ts';
import type { BuildLogLine, VersionRecord } from '@plat/platform-kit/domain.ts';
import { readEvents, type ServerSentEvent } from '@plat/platform-kit/sse.ts';
import { isTerminal } from '@plat/platform-kit/version-states.ts';
import { backoffMs, pause } from '@plat/platform-kit/waiting.ts';
import { followRecord } from './follow-record.ts';
import type { VersionWatch } from './version-watch.ts';

export type VersionEventsDeps = {
  metadata: Pick<MetadataClient, 'getVersion'>;
  builder: Pick<BuilderClient, 'buildLog'>;
  versionWatch: VersionWatch;
};

type Send = (event: ServerSentEvent) => Promise<void>;
/** What the reader of states tells the reader of the log. */
type Progress = { buildIsOver: boolean };

/** Also without news from the change feed the record is read this often. */
const REREAD_MS = 10_000;
/** How long the rest of the log may take once the version is terminal. */
const LOG_TAIL_MS = 5000;

/**
 * Sends `state` for `first` and for each change of it, `log` for each line of its build, and `end` once it is terminal
 * and the log is over. Ends without `end` when `signal` aborts or the function is deleted.
 */
export async function sendVersionEvents(
  deps: VersionEventsDeps,
  first: VersionRecord,
  send: Send,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const logSignal = AbortSignal.any([signal, over.signal]);
  const progress = { buildIsOver: isBuildOver(first) };
  const log = sendLog(deps, first, send, { signal: logSignal, progress });
  const { project, function: name, number, functionId } = first;
  const last = await followRecord<VersionRecord>(
    {
      versionWatch: deps.versionWatch,
      functionId,
      read: () => deps.metadata.getVersion(project, name, number),
      rereadMs: REREAD_MS,
      onState: async (data) => {
        progress.buildIsOver = isBuildOver(data);
        await send({ event: 'state', data });
      },
      isOver: ({ state }) => isTerminal(state),
    },
    signal,
  );
  await Promise.race([log, pause(last ? LOG_TAIL_MS : 0, logSignal)]);
  over.abort();
  await log;
  if (last) await send({ event: 'end', data: last });
}

/**
 * Follows the build log until the build is over. A stream that ended sooner (the build had not begun, or the builder
 * was away) is opened again; lines sent already are not sent twice.
 */
async function sendLog(
  deps: VersionEventsDeps,
  version: VersionRecord,
  send: Send,
  { signal, progress }: { signal: AbortSignal; progress: Progress },
): Promise<void> {
  let sent = 0;
  let lastAt = '';
  for (let round = 1; !signal.aborted; round++) {
    const isWhole = progress.buildIsOver;
    let index = 0;
    try {
      const body = await deps.builder.buildLog(version.functionId, version.number, { follow: true, signal });
      for await (const { event, data } of readEvents(body)) {
        if (event !== 'line') continue;
        const line = data as BuildLogLine;
        if (index++ < sent && line.at <= lastAt) continue;
        sent = Math.max(sent, index);
        lastAt = line.at;
        await send({ event: 'log', data: line });
      }
      if (isWhole) return;
    } catch {
      // The builder is away; the log is read again from its start once it is back.
    }
    if (!signal.aborted) await pause(backoffMs(Math.min(round, 3), { baseMs: 100, maxMs: 1000 }), signal);
  }
}

function isBuildOver({ state }: VersionRecord): boolean {
  return state !== 'pending' && state !== 'building';
}
