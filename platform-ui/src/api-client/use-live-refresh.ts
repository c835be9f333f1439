import { useEffect, useRef, useSyncExternalStore } from 'react';
import { hashKey, useQueryClient, type QueryClient, type QueryKey } from '@tanstack/react-query';
import { useApi } from './api.ts';
import type { LiveEvent } from './live-events.ts';
import { createRefresher } from './refresher.ts';

/** While the platform tells of changes it is asked now and then all the same. */
const TOLD_MS = 30_000;

type Options = {
  /** Whether what happened may have changed the answer. Called with all that happens but `missed`, which always may. */
  concerns: (event: Exclude<LiveEvent, { kind: 'missed' }>) => boolean;
  /** While the platform tells nothing it is asked so often. */
  pollMs: number;
  /** At most so often when much happens. */
  everyMs?: number;
  toldMs?: number;
  isOn?: boolean;
};

/** Keeps what is known under a key up to date by the platform's events. Returns how often to ask besides. */
export function useLiveRefresh(queryKey: QueryKey, options: Options): number {
  const { everyMs = 300, isOn = true } = options;
  const { live } = useApi();
  const client = useQueryClient();
  const latest = useRef({ queryKey, concerns: options.concerns });
  useEffect(() => {
    latest.current = { queryKey, concerns: options.concerns };
  });
  const hash = hashKey(queryKey);
  useEffect(() => {
    if (!isOn) return;
    const refresher = createRefresher(() => askAnew(client, latest.current.queryKey), everyMs);
    const leave = live.subscribe((event) => {
      if (event.kind === 'missed' || latest.current.concerns(event)) refresher.ask();
    });
    return () => {
      leave();
      refresher.stop();
    };
  }, [live, client, hash, everyMs, isOn]);
  return useIsLive() ? (options.toldMs ?? TOLD_MS) : options.pollMs;
}

/** Whether the platform tells of what happens by itself. */
export function useIsLive(): boolean {
  const { live } = useApi();
  return useSyncExternalStore(live.onChange, live.isOpen);
}

async function askAnew(client: QueryClient, queryKey: QueryKey): Promise<void> {
  const filter = { queryKey, exact: true };
  // A first answer that is on its way is not broken off, but may be older than what happened.
  const state = client.getQueryState(queryKey);
  const isFirst = state?.fetchStatus === 'fetching' && state.data === undefined;
  await client.invalidateQueries(filter);
  if (isFirst) await client.invalidateQueries(filter);
}
