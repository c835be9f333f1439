import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useLiveRefresh } from '../../../api-client/use-live-refresh.ts';

const KEY = ['capacity'];
/** What instances use changes without an event. */
const MEASURED_MS = 10_000;

/** The host that functions run on, and what of it they use. */
export function useCapacity() {
  const { call } = useApi();
  const refetchInterval = useLiveRefresh(KEY, {
    concerns: ({ kind }) => kind === 'instance' || kind === 'eviction',
    pollMs: MEASURED_MS,
    everyMs: 2000,
    toldMs: MEASURED_MS,
  });
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => call.getDashboard({ query: { range: '1m' } }, { signal }),
    select: ({ capacity, recording }) => ({ capacity, recording }),
    refetchInterval,
  });
}
