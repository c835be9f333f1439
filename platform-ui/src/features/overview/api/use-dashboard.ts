import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useLiveRefresh } from '../../../api-client/use-live-refresh.ts';

const HOUR_RANGES = new Set(['15m', '1h', '6h']);

/** How all functions fare, in a range up to now. Longer ranges change less and cost the platform more. */
export function useDashboard(range: string) {
  const { call } = useApi();
  const queryKey = ['dashboard', range];
  const isShort = HOUR_RANGES.has(range);
  const refetchInterval = useLiveRefresh(queryKey, {
    concerns: () => true,
    everyMs: isShort ? 2000 : 10_000,
    pollMs: isShort ? 5000 : 20_000,
    // Time goes on without an event too.
    toldMs: isShort ? 10_000 : 60_000,
  });
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => call.getDashboard({ query: { range } }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
}
