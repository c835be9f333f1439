import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { paceOf } from '../../../api-client/pace-of.ts';
import { useLiveRefresh } from '../../../api-client/use-live-refresh.ts';

/** How all functions fare, in a range up to now. */
export function useDashboard(range: string) {
  const { call } = useApi();
  const queryKey = ['dashboard', range];
  const refetchInterval = useLiveRefresh(queryKey, { concerns: () => true, ...paceOf(range) });
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => call.getDashboard({ query: { range } }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
}
