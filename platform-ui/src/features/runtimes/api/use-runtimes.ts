import { useQuery } from '@tanstack/react-query';
import { allItems } from '../../../api-client/all-items.ts';
import { useApi } from '../../../api-client/api.ts';

/** What functions can be written in. They change with the platform only. */
export function useRuntimes() {
  const { call } = useApi();
  return useQuery({
    queryKey: ['runtimes'],
    queryFn: ({ signal }) => allItems((query) => call.listRuntimes({ query }, { signal })),
    staleTime: 5 * 60_000,
  });
}
