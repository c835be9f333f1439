import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from '../../functions/api/function-queries.ts';

export function useVersion({ project, name }: FunctionKey, number: number) {
  const { call } = useApi();
  return useQuery({
    queryKey: functionQueries.part({ project, name }, `version ${number}`),
    queryFn: ({ signal }) => call.getVersion({ params: { project, name, number } }, { signal }),
  });
}
