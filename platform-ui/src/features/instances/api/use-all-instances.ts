import { useQuery } from '@tanstack/react-query';
import { allItems } from '../../../api-client/all-items.ts';
import { useApi } from '../../../api-client/api.ts';

/** Everything that runs; `stats` adds CPU and memory, which the engine takes a second or two for. */
export function useAllInstances({ stats }: { stats: boolean }) {
  const { call } = useApi();
  return useQuery({
    queryKey: ['instances', { stats }],
    queryFn: ({ signal }) =>
      allItems((query) => call.listAllInstances({ query: { ...query, stats } }, { signal })),
    refetchInterval: stats ? 5000 : 3000,
  });
}
