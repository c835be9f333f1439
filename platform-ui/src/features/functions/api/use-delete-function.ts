import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from './function-queries.ts';

/** Deletes a function. It leaves the list at once, and comes back when the platform refuses. */
export function useDeleteFunction() {
  const { call } = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationKey: functionQueries.list,
    mutationFn: ({ project, name }: FunctionKey) =>
      call.deleteFunction({ params: { project, name } }, { timeoutMs: 120_000 }),
    onMutate: async ({ project, name }) => {
      await client.cancelQueries({ queryKey: functionQueries.list });
      await client.cancelQueries({ queryKey: functionQueries.one({ project, name }) });
      const list = client.getQueryData<FunctionView[]>(functionQueries.list);
      client.setQueryData<FunctionView[]>(functionQueries.list, (items) =>
        items?.filter((item) => item.project !== project || item.name !== name),
      );
      return { list };
    },
    onError: (_error, _key, before) => client.setQueryData(functionQueries.list, before?.list),
    onSuccess: (_data, { project, name }) =>
      client.removeQueries({ queryKey: functionQueries.one({ project, name }) }),
    onSettled: () => client.invalidateQueries({ queryKey: functionQueries.list }),
  });
}
