import { useEffect, useState } from 'react';
import { useApi, type Api } from '../../../api-client/api.ts';
import { readStream } from '../../../api-client/read-stream.ts';

const AGAIN_MS = 3000;

/**
 * Tells `onCalls` when calls were recorded, as long as `isOn`, and only when it is done with what it was told before. True while the platform tells of them; else it is tried
 * again, and whoever shows calls has to ask.
 */
export function useExecutionEvents(
  scope: { project?: string | undefined; function?: string | undefined },
  isOn: boolean,
  onCalls: () => Promise<void>,
): boolean {
  const api = useApi();
  const [isTold, setTold] = useState(false);
  const { project, function: name } = scope;
  useEffect(() => {
    if (!isOn) return;
    const leaving = new AbortController();
    void follow(api, { project, function: name }, leaving.signal, {
      onCalls,
      onChange: (isOpen) => !leaving.signal.aborted && setTold(isOpen),
    });
    return () => {
      leaving.abort();
      setTold(false);
    };
  }, [api, project, name, isOn, onCalls]);
  return isTold;
}

async function follow(
  { http, path }: Api,
  scope: { project: string | undefined; function: string | undefined },
  signal: AbortSignal,
  tell: { onCalls: () => Promise<void>; onChange: (isOpen: boolean) => void },
): Promise<void> {
  while (!signal.aborted) {
    try {
      const response = await http.open('GET', path('watchEvents', {}), {
        query: { ...scope, kinds: 'executions' },
        headers: { accept: 'text/event-stream' },
        signal,
      });
      tell.onChange(true);
      for await (const { event } of readStream(response, signal)) {
        if (event === 'executions' || event === 'missed') await tell.onCalls();
      }
    } catch {
      // What is shown is asked for meanwhile, and that says what is wrong.
    }
    tell.onChange(false);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}
