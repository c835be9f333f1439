import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';

/** Who is signed in. */
export function usePrincipal() {
  const { call } = useApi();
  return useQuery({
    queryKey: ['whoami'],
    queryFn: ({ signal }) => call.whoami({}, { signal }),
    staleTime: 5 * 60_000,
  });
}
