import { useQuery } from '@tanstack/react-query';
import { allItems } from '../../../api-client/all-items.ts';
import { useApi } from '../../../api-client/api.ts';

export function useRuntimes() {
  const { call } = useApi();
  return useQuery({
    queryKey: ['runtimes'],
    queryFn: ({ signal }) => allItems((query) => call.listRuntimes({ query }, { signal })),
    staleTime: 60_000,
  });
}
