import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AliasWeight } from '@plat/platform-kit/domain.ts';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from '../../functions/api/function-queries.ts';

type Change = { alias: string; weights: AliasWeight[] };

/** Points an alias at versions by weight; makes it when it is new. `requestOf` is what that sends. */
export function useSetAlias({ project, name }: FunctionKey) {
  const { call, request } = useApi();
  const client = useQueryClient();
  const inputOf = ({ alias, weights }: Change) => ({ params: { project, name, alias }, body: { weights } });
  const mutation = useMutation({
    mutationFn: (change: Change) => call.setAlias(inputOf(change)),
    onSettled: () => client.invalidateQueries({ queryKey: functionQueries.one({ project, name }) }),
  });
  return { ...mutation, requestOf: (change: Change) => request('setAlias', inputOf(change)) };
}
