import { useQuery } from '@tanstack/react-query';
import { allItems } from '../../../api-client/all-items.ts';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from '../../functions/api/function-queries.ts';

/** The running copies of a function. */
export function useInstances({ project, name }: FunctionKey) {
  const { call } = useApi();
  return useQuery({
    queryKey: functionQueries.part({ project, name }, 'instances'),
    queryFn: ({ signal }) =>
      allItems((query) => call.listInstances({ params: { project, name }, query }, { signal })),
    refetchInterval: 4000,
  });
}
