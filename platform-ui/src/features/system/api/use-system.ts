import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useLiveRefresh } from '../../../api-client/use-live-refresh.ts';

const KEY = ['system'];

/** The platform's own state: its version, its engine, and which of its parts are away. No event tells of it. */
export function useSystem() {
  const { call } = useApi();
  const refetchInterval = useLiveRefresh(KEY, { concerns: () => false, pollMs: 5000, toldMs: 15_000 });
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => call.getSystem({}, { signal }),
    refetchInterval,
  });
}
