import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from './function-queries.ts';

export function useFunction(key: FunctionKey) {
  const { call } = useApi();
  return useQuery({
    queryKey: functionQueries.one(key),
    queryFn: ({ signal }) => call.getFunction({ params: key }, { signal }),
    refetchInterval: 3000,
  });
}
