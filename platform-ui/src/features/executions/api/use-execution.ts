import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { RequestError } from '../../../api-client/request-error.ts';

/** A call is recorded about a second after its answer. */
const LOOKS = 8;
const AGAIN_MS = 500;

/** A call, by its id or its request id, with what it printed. One that just was is waited for. */
export function useExecution(id: string) {
  const { call } = useApi();
  return useQuery({
    queryKey: ['execution', id],
    queryFn: ({ signal }) => call.getExecution({ params: { id } }, { signal }),
    retry: (failures, error) =>
      error instanceof RequestError &&
      (error.code === 'not_found' ? failures < LOOKS : error.code === 'network' && failures < 2),
    retryDelay: AGAIN_MS,
    staleTime: 60_000,
  });
}
