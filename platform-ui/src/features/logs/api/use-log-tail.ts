import { useEffect, useState } from 'react';
import type { LogLine } from '@plat/platform-kit/domain.ts';
import { useApi, type Api } from '../../../api-client/api.ts';
import { readStream } from '../../../api-client/read-stream.ts';
import { RequestError } from '../../../api-client/request-error.ts';
import type { FunctionKey } from '../../../paths.ts';
import { NO_LINES, addLines, newLines, type LineBuffer } from './line-buffer.ts';

export type LogTail = LineBuffer & {
  /** `opening` until the platform answered, `broken` while the stream is opened again. */
  state: 'opening' | 'live' | 'broken' | 'refused';
  error: RequestError | null;
};
/** What the platform leaves out; null stands for all. */
export type LogScope = { requestId: string | null; version: number | null };

const TAIL = 500;
const SHOWN_EVERY_MS = 150;
const AGAIN_MS = 2000;
const LAST_ANSWERS = new Set(['not_found', 'forbidden', 'unauthenticated', 'invalid']);
const NOTHING: LogTail = { ...NO_LINES, state: 'opening', error: null };

/** What a function prints, as it prints it, with the last lines of before. A stream that breaks is opened again where it broke. */
export function useLogTail({ project, name }: FunctionKey, scope: LogScope): LogTail {
  const api = useApi();
  const { requestId, version } = scope;
  const [tail, setTail] = useState<{ of: string; tail: LogTail }>({ of: '', tail: NOTHING });
  const of = JSON.stringify([project, name, requestId, version]);
  useEffect(() => {
    const leaving = new AbortController();
    const show = (next: LogTail) => {
      if (!leaving.signal.aborted) setTail({ of, tail: next });
    };
    void follow(api, { project, name }, { requestId, version }, show, leaving.signal);
    return () => leaving.abort();
  }, [api, of, project, name, requestId, version]);
  return tail.of === of ? tail.tail : NOTHING;
}

async function follow(
  { http, path }: Api,
  key: FunctionKey,
  { requestId, version }: LogScope,
  show: (tail: LogTail) => void,
  signal: AbortSignal,
): Promise<void> {
  let tail = NOTHING;
  let fresh: LogLine[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = (change: Partial<LogTail> = {}) => {
    clearTimeout(timer);
    timer = undefined;
    tail = { ...tail, ...addLines(tail, fresh), ...change };
    fresh = [];
    show(tail);
  };
  while (!signal.aborted) {
    try {
      const since = tail.lines.at(-1)?.at;
      const response = await http.open('GET', path('getLogs', key), {
        query: {
          follow: true,
          ...(since === undefined ? { tail: TAIL } : { since }),
          ...(requestId === null ? {} : { requestId }),
          ...(version === null ? {} : { version }),
        },
        headers: { accept: 'text/event-stream' },
        signal,
      });
      tell({ state: 'live', error: null });
      const isNew = newLines(tail);
      for await (const { event, data } of readStream(response, signal)) {
        if (event !== 'line' || !isNew(data as LogLine)) continue;
        fresh.push(data as LogLine);
        timer ??= setTimeout(tell, SHOWN_EVERY_MS);
      }
      tell({ state: 'broken' });
    } catch (error) {
      if (signal.aborted) break;
      const known = error instanceof RequestError ? error : new RequestError('internal', String(error));
      const isLast = LAST_ANSWERS.has(known.code);
      tell({ state: isLast ? 'refused' : 'broken', error: known });
      if (isLast) return;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  clearTimeout(timer);
}
