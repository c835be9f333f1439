import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { RequestError } from '../../../api-client/request-error.ts';

const TRIES = 12;
const PAUSE_MS = 400;

/** The record of a call with its logs. It is written a moment after the answer, so that it is looked for a few times. */
export function useExecution(requestId: string | null) {
  const { call } = useApi();
  return useQuery({
    queryKey: ['recorded call', requestId],
    queryFn: async ({ signal }) => {
      for (let tries = 0; tries < TRIES; tries++) {
        const { items } = await call.listExecutions(
          { query: { requestId: requestId!, limit: 1 } },
          { signal },
        );
        if (items[0]) return call.getExecution({ params: { id: items[0].id } }, { signal });
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
      throw new RequestError('not_found', 'The platform has no record of this call.');
    },
    enabled: requestId !== null,
    retry: false,
    staleTime: Infinity,
  });
}
