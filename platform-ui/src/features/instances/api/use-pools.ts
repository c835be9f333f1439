import { useQuery } from '@tanstack/react-query';
import { allItems } from '../../../api-client/all-items.ts';
import { useApi } from '../../../api-client/api.ts';

/** Containers that wait for a function. */
export function usePools() {
  const { call } = useApi();
  return useQuery({
    queryKey: ['pools'],
    queryFn: ({ signal }) => allItems((query) => call.listPools({ query }, { signal })),
    refetchInterval: 5000,
  });
}
