import { useEffect } from 'react';
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { allItems } from '../../../api-client/all-items.ts';
import { useApi, type Api } from '../../../api-client/api.ts';
import { createRefresher } from '../../../api-client/refresher.ts';
import { RequestError } from '../../../api-client/request-error.ts';
import { useIsLive } from '../../../api-client/use-live-refresh.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from './function-queries.ts';

/** While the platform tells of changes it is asked now and then all the same; a long list costs it more. */
const TOLD_MS = 60_000;
const pollMs = (count: number) => (count <= 200 ? 4000 : 30_000);

/** So many functions that changed are asked for one by one; with more the list is. */
const CHANGED_LIMIT = 8;
const GATHER_MS = 250;

/** All functions the principal may see. A function that changes is asked for by itself. */
export function useFunctions() {
  const { call, live } = useApi();
  const client = useQueryClient();
  const isLive = useIsLive();
  useEffect(() => {
    const changed = new Map<string, FunctionKey>();
    let isUnknown = false;
    const refresher = createRefresher(async () => {
      const keys = [...changed.values()];
      const isMany = isUnknown || keys.length > CHANGED_LIMIT;
      changed.clear();
      isUnknown = false;
      if (isMany) await client.invalidateQueries({ queryKey: functionQueries.list });
      else
        await Promise.all(keys.map((key) => lookAt(call, client, key))).catch(() =>
          client.invalidateQueries({ queryKey: functionQueries.list }),
        );
    }, GATHER_MS);
    const leave = live.subscribe((event) => {
      if (event.kind === 'missed') isUnknown = true;
      else if (event.kind === 'function' || event.kind === 'version') {
        const { project, function: name } = event.data;
        changed.set(`${project}/${name}`, { project, name });
      } else return;
      refresher.ask();
    });
    return () => {
      leave();
      refresher.stop();
    };
  }, [call, client, live]);
  return useQuery({
    queryKey: functionQueries.list,
    queryFn: ({ signal }) => allItems((query) => call.listFunctions({ query }, { signal })),
    refetchInterval: ({ state }) => (isLive ? TOLD_MS : pollMs(state.data?.length ?? 0)),
  });
}

/** Puts what a function is now into the list, or takes it out. */
async function lookAt(call: Api['call'], client: QueryClient, key: FunctionKey): Promise<void> {
  // What somebody here is changing shows already, and is asked for when that is done.
  if (client.isMutating({ mutationKey: functionQueries.list }) > 0) return;
  const view = await client
    .fetchQuery({
      queryKey: functionQueries.one(key),
      queryFn: ({ signal }) => call.getFunction({ params: key }, { signal }),
      staleTime: 0,
      retry: false,
    })
    .catch((error: unknown) => {
      if (error instanceof RequestError && error.code === 'not_found') return null;
      throw error;
    });
  client.setQueryData<FunctionView[]>(functionQueries.list, (items) => {
    const others = items?.filter(({ project, name }) => project !== key.project || name !== key.name);
    if (items === undefined || view === null) return others;
    return others!.length < items.length
      ? items.map((item) => (item.project === key.project && item.name === key.name ? view : item))
      : [...items, view];
  });
}
