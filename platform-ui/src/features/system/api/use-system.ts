import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';

/** The platform's own state: its version, its engine, and which of its parts are away. */
export function useSystem() {
  const { call } = useApi();
  return useQuery({
    queryKey: ['system'],
    queryFn: ({ signal }) => call.getSystem({}, { signal }),
    refetchInterval: 15_000,
  });
}
