import { useQuery } from '@tanstack/react-query';
import { allItems } from '../../../api-client/all-items.ts';
import { useApi } from '../../../api-client/api.ts';
import { useLiveRefresh } from '../../../api-client/use-live-refresh.ts';

/** What instances use changes without an event. */
const MEASURED_MS = 5000;

/** Everything that runs; `stats` adds CPU and memory, which the engine takes a second or two for. */
export function useAllInstances({ stats }: { stats: boolean }) {
  const { call } = useApi();
  const queryKey = ['instances', { stats }];
  const refetchInterval = useLiveRefresh(queryKey, {
    concerns: ({ kind }) => kind === 'instance',
    pollMs: stats ? MEASURED_MS : 3000,
    ...(stats && { everyMs: MEASURED_MS, toldMs: MEASURED_MS }),
  });
  return useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      allItems((query) => call.listAllInstances({ query: { ...query, stats } }, { signal })),
    refetchInterval,
  });
}
