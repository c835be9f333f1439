import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from '../../functions/api/function-queries.ts';

/** Moves alias `live` back to what it named before; answers from where to where. `request` is what that sends. */
export function useRollback({ project, name }: FunctionKey) {
  const { call, request } = useApi();
  const client = useQueryClient();
  const input = { params: { project, name }, body: {} };
  const mutation = useMutation({
    mutationFn: () => call.rollback(input),
    onSettled: () => client.invalidateQueries({ queryKey: functionQueries.one({ project, name }) }),
  });
  return { ...mutation, request: request('rollback', input) };
}
