import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from '../../functions/api/function-queries.ts';

/** Moves alias `live` to the ready version before the one it names; answers from where to where. */
export function useRollback({ project, name }: FunctionKey) {
  const { call } = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call.rollback({ params: { project, name }, body: {} }),
    onSettled: () => client.invalidateQueries({ queryKey: functionQueries.one({ project, name }) }),
  });
}
