import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import type { FunctionState } from '@plat/platform-kit/domain.ts';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from './function-queries.ts';

/** Starts or stops a function. It shows at once, and is taken back when the platform refuses. */
export function useSetFunctionState() {
  const { call } = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationKey: functionQueries.list,
    mutationFn: ({ project, name, state }: FunctionKey & { state: FunctionState }) =>
      call.updateFunction({ params: { project, name }, body: { state } }, { timeoutMs: 60_000 }),
    onMutate: async ({ state, ...key }) => {
      await client.cancelQueries({ queryKey: functionQueries.list });
      await client.cancelQueries({ queryKey: functionQueries.one(key), exact: true });
      const list = client.getQueryData<FunctionView[]>(functionQueries.list);
      const one = client.getQueryData<FunctionView>(functionQueries.one(key));
      const change = (view: FunctionView): FunctionView => ({
        ...view,
        state,
        status: state === 'stopped' ? 'stopped' : view.live ? 'active' : 'deploying',
      });
      client.setQueryData<FunctionView[]>(functionQueries.list, (items) =>
        items?.map((item) => (item.project === key.project && item.name === key.name ? change(item) : item)),
      );
      client.setQueryData<FunctionView>(functionQueries.one(key), (view) => view && change(view));
      return { list, one };
    },
    onError: (_error, { project, name }, before) => {
      client.setQueryData(functionQueries.list, before?.list);
      client.setQueryData(functionQueries.one({ project, name }), before?.one);
    },
    onSettled: (_data, _error, { project, name }) =>
      Promise.all([
        client.invalidateQueries({ queryKey: functionQueries.list }),
        client.invalidateQueries({ queryKey: functionQueries.one({ project, name }) }),
      ]),
  });
}
