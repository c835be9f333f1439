import { useQuery } from '@tanstack/react-query';
import { allItems } from '../../../api-client/all-items.ts';
import { useApi } from '../../../api-client/api.ts';

export function useProjects() {
  const { call } = useApi();
  return useQuery({
    queryKey: ['projects'],
    queryFn: ({ signal }) => allItems((query) => call.listProjects({ query }, { signal })),
    staleTime: 30_000,
  });
}
