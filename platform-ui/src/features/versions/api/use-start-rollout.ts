import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ApiInput } from '@plat/platform-kit/api/api-client.ts';
import type { API } from '@plat/platform-kit/api/api.ts';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from '../../functions/api/function-queries.ts';

export type RolloutStart = ApiInput<typeof API.startRollout>['body'];

/** Moves alias `live` to a version in steps. `requestOf` is what that sends. */
export function useStartRollout({ project, name }: FunctionKey) {
  const { call, request } = useApi();
  const client = useQueryClient();
  const inputOf = (body: RolloutStart) => ({ params: { project, name }, body });
  const mutation = useMutation({
    mutationFn: (body: RolloutStart) => call.startRollout(inputOf(body)),
    onSettled: () => client.invalidateQueries({ queryKey: functionQueries.one({ project, name }) }),
  });
  return { ...mutation, requestOf: (body: RolloutStart) => request('startRollout', inputOf(body)) };
}
