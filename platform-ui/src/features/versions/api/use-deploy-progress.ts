import { useEffect, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { BuildLogLine, VersionRecord } from '@plat/platform-kit/domain.ts';
import { isTerminal } from '@plat/platform-kit/version-states.ts';
import { useApi, type Api } from '../../../api-client/api.ts';
import { readStream } from '../../../api-client/read-stream.ts';
import { RequestError } from '../../../api-client/request-error.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from '../../functions/api/function-queries.ts';

export type DeployProgress = {
  version: VersionRecord | null;
  lines: readonly BuildLogLine[];
  error: RequestError | null;
  isOver: boolean;
};

const NOTHING: DeployProgress = { version: null, lines: [], error: null, isOver: false };
const AGAIN_MS = 2000;
const LAST_ANSWERS = new Set(['not_found', 'forbidden', 'unauthenticated', 'invalid']);

/**
 * Follows a deploy live: its states and its build log. A stream that breaks is opened again, and tells all anew. For one
 * version as long as it is there: give what calls it the number as its key.
 */
export function useDeployProgress({ project, name }: FunctionKey, number: number): DeployProgress {
  const api = useApi();
  const client = useQueryClient();
  const [progress, setProgress] = useState(NOTHING);
  useEffect(() => {
    const leaving = new AbortController();
    const tell = (next: DeployProgress) => {
      if (!leaving.signal.aborted) setProgress(next);
    };
    void follow(api, { project, name, number }, tell, leaving.signal).then((isChanged) => {
      if (isChanged) void client.invalidateQueries({ queryKey: functionQueries.one({ project, name }) });
    });
    return () => leaving.abort();
  }, [api, client, project, name, number]);
  return progress;
}

/** Resolves when there is nothing more to follow; true when the version changed its state meanwhile. */
async function follow(
  { http, path }: Api,
  params: FunctionKey & { number: number },
  tell: (progress: DeployProgress) => void,
  signal: AbortSignal,
): Promise<boolean> {
  let version: VersionRecord | null = null;
  let lines: BuildLogLine[] = [];
  let isChanged = false;
  while (!signal.aborted) {
    try {
      const response = await http.open('GET', path('watchVersion', params), {
        headers: { accept: 'text/event-stream' },
        signal,
      });
      const told: BuildLogLine[] = [];
      for await (const { event, data } of readStream(response, signal)) {
        if (event === 'log') {
          told.push(data as BuildLogLine);
          if (told.length > lines.length) lines = [...told];
        } else if (event === 'state' || event === 'end') {
          const next = data as VersionRecord;
          isChanged ||= version !== null && version.state !== next.state;
          version = next;
        }
        const isOver = event === 'end';
        tell({ version, lines, error: null, isOver });
        if (isOver) return isChanged;
      }
      if (version !== null && isTerminal(version.state)) {
        tell({ version, lines, error: null, isOver: true });
        return isChanged;
      }
    } catch (error) {
      if (signal.aborted) return isChanged;
      const known = error instanceof RequestError ? error : new RequestError('internal', String(error));
      tell({ version, lines, error: known, isOver: false });
      if (LAST_ANSWERS.has(known.code)) return isChanged;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  return isChanged;
}
