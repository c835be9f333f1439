import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from '../../functions/api/function-queries.ts';

/** What a rollback would do, asked as long as `isOn`; `conflict` when there is nothing to go back to. */
export function useRollbackPreview({ project, name }: FunctionKey, isOn: boolean) {
  const { call } = useApi();
  return useQuery({
    queryKey: functionQueries.part({ project, name }, 'rollback'),
    queryFn: ({ signal }) => call.previewRollback({ params: { project, name } }, { signal }),
    enabled: isOn,
    staleTime: 0,
  });
}
