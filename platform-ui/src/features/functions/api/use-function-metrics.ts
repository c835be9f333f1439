import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { paceOf } from '../../../api-client/pace-of.ts';
import { useLiveRefresh } from '../../../api-client/use-live-refresh.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries, isAbout } from './function-queries.ts';

/** A function's calls over time; an empty step leaves the choice to the platform. */
export function useFunctionMetrics(key: FunctionKey, { range, step }: { range: string; step: string }) {
  const { call } = useApi();
  const queryKey = functionQueries.part(key, `metrics ${range} ${step}`);
  const { project, name } = key;
  const refetchInterval = useLiveRefresh(queryKey, {
    concerns: (event) =>
      event.kind === 'executions'
        ? event.data.skipped > 0 || event.data.items.some((one) => isAbout(one, key))
        : event.kind === 'instance' && isAbout(event.data, key),
    ...paceOf(range),
  });
  return useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      call.getFunctionMetrics(
        { params: { project, name }, query: { range, ...(step !== '' && { step }) } },
        { signal },
      ),
    placeholderData: keepPreviousData,
    refetchInterval,
  });
}
