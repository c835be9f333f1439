import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { useLiveRefresh } from '../../../api-client/use-live-refresh.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries, isChangeOf } from './function-queries.ts';

export function useFunction(key: FunctionKey) {
  const { call } = useApi();
  const queryKey = functionQueries.one(key);
  const refetchInterval = useLiveRefresh(queryKey, { concerns: isChangeOf(key), pollMs: 3000 });
  return useQuery({
    queryKey,
    queryFn: ({ signal }) => call.getFunction({ params: key }, { signal }),
    refetchInterval,
  });
}
