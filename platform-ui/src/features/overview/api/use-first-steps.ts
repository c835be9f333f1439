import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useLiveRefresh } from '../../../api-client/use-live-refresh.ts';

const KEY = ['first-steps'];
/** Whoever has more functions than this needs no guide. */
export const NEW_PLATFORM_FUNCTIONS = 5;

/** What there is on a platform that may be new: some of its functions, and whether one was ever called. */
export function useFirstSteps({ isOn }: { isOn: boolean }) {
  const { call } = useApi();
  const refetchInterval = useLiveRefresh(KEY, {
    concerns: ({ kind }) => kind !== 'instance' && kind !== 'eviction',
    everyMs: 2000,
    pollMs: 5000,
    isOn,
  });
  return useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const [functions, calls] = await Promise.all([
        call.listFunctions({ query: { limit: NEW_PLATFORM_FUNCTIONS } }, { signal }),
        call.listExecutions({ query: { limit: 1 } }, { signal }),
      ]);
      return { functions: functions.items, hasCalls: calls.items.length > 0 };
    },
    enabled: isOn,
    refetchInterval: isOn ? refetchInterval : false,
  });
}
