import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AliasWeight } from '@plat/platform-kit/domain.ts';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from '../../functions/api/function-queries.ts';

/** Points an alias at versions by weight; makes it when it is new. */
export function useSetAlias({ project, name }: FunctionKey) {
  const { call } = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ alias, weights }: { alias: string; weights: AliasWeight[] }) =>
      call.setAlias({ params: { project, name, alias }, body: { weights } }),
    onSettled: () => client.invalidateQueries({ queryKey: functionQueries.one({ project, name }) }),
  });
}
