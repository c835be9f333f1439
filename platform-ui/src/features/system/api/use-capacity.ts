import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';

/** The host that functions run on, and what of it they use. */
export function useCapacity() {
  const { call } = useApi();
  return useQuery({
    queryKey: ['capacity'],
    queryFn: ({ signal }) => call.getDashboard({ query: { range: '1m' } }, { signal }),
    select: ({ capacity, recording }) => ({ capacity, recording }),
    refetchInterval: 10_000,
  });
}
