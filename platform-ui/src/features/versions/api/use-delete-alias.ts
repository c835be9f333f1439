import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from '../../functions/api/function-queries.ts';

export function useDeleteAlias({ project, name }: FunctionKey) {
  const { call } = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (alias: string) => call.deleteAlias({ params: { project, name, alias } }),
    onSettled: () => client.invalidateQueries({ queryKey: functionQueries.one({ project, name }) }),
  });
}
