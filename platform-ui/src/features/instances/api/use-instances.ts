import { useQuery } from '@tanstack/react-query';
import { allItems } from '../../../api-client/all-items.ts';
import { useApi } from '../../../api-client/api.ts';
import { useLiveRefresh } from '../../../api-client/use-live-refresh.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries, isAbout } from '../../functions/api/function-queries.ts';

/** The running copies of a function. */
export function useInstances({ project, name }: FunctionKey) {
  const { call } = useApi();
  const queryKey = functionQueries.part({ project, name }, 'instances');
  const refetchInterval = useLiveRefresh(queryKey, {
    concerns: (event) => event.kind === 'instance' && isAbout(event.data, { project, name }),
    pollMs: 4000,
  });
  return useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      allItems((query) => call.listInstances({ params: { project, name }, query }, { signal })),
    refetchInterval,
  });
}
