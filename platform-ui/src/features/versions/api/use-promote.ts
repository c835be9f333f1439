import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from '../../functions/api/function-queries.ts';

/** Moves alias `live`, and with it every call, to a version at once. `requestOf` is what that sends. */
export function usePromote({ project, name }: FunctionKey) {
  const { call, request } = useApi();
  const client = useQueryClient();
  const inputOf = (version: number) => ({ params: { project, name }, body: { version } });
  const mutation = useMutation({
    mutationFn: (version: number) => call.promote(inputOf(version)),
    onSettled: () => client.invalidateQueries({ queryKey: functionQueries.one({ project, name }) }),
  });
  return { ...mutation, requestOf: (version: number) => request('promote', inputOf(version)) };
}
