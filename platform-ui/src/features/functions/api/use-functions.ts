import { useQuery } from '@tanstack/react-query';
import { allItems } from '../../../api-client/all-items.ts';
import { useApi } from '../../../api-client/api.ts';
import { functionQueries } from './function-queries.ts';

/** A short list is asked for often; a long one costs the platform more. */
const intervalMs = (count: number) => (count <= 200 ? 4000 : 30_000);

/** All functions the principal may see. */
export function useFunctions() {
  const { call } = useApi();
  return useQuery({
    queryKey: functionQueries.list,
    queryFn: ({ signal }) => allItems((query) => call.listFunctions({ query }, { signal })),
    refetchInterval: ({ state }) => intervalMs(state.data?.length ?? 0),
  });
}
