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
const toldMs = (count: number) => (count <= 200 ? 60_000 : 300_000);
const pollMs = (count: number) => (count <= 200 ? 4000 : 30_000);

const PAGE = 1000;

/** So many functions that changed are asked for one by one; with more the list is. */
const CHANGED_LIMIT = 8;
const GATHER_MS = 250;

/** All functions the principal may see. A function that changes is asked for by itself. */
export function useFunctions() {
  const { call, live } = useApi();
  const client = useQueryClient();
  const isLive = useIsLive();
  useEffect(() => {
    const changed = new Map<string, FunctionKey & { isDeleted: boolean }>();
    let isUnknown = false;
    const refresher = createRefresher(async () => {
      const keys = [...changed.values()];
      const isMany = isUnknown || keys.length > CHANGED_LIMIT;
      changed.clear();
      isUnknown = false;
      if (isMany) await client.invalidateQueries({ queryKey: functionQueries.list });
      else
        await Promise.all(keys.map((key) => look(call, client, key))).catch(() =>
          client.invalidateQueries({ queryKey: functionQueries.list }),
        );
    }, GATHER_MS);
    const leave = live.subscribe((event) => {
      if (event.kind === 'missed') isUnknown = true;
      else if (event.kind === 'function' || event.kind === 'version') {
        const { project, function: name } = event.data;
        const id = `${project}/${name}`;
        // Its versions may still be told of after it.
        const isDeleted =
          event.kind === 'function' ? event.data.state === 'deleted' : changed.get(id)?.isDeleted;
        changed.set(id, { project, name, isDeleted: isDeleted ?? false });
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
    queryFn: ({ signal }) => allItems((query) => call.listFunctions({ query }, { signal }), PAGE),
    refetchInterval: ({ state }) => (isLive ? toldMs : pollMs)(state.data?.length ?? 0),
  });
}

/** Puts what a function is now into the list, or takes it out. */
async function look(
  call: Api['call'],
  client: QueryClient,
  { isDeleted, ...key }: FunctionKey & { isDeleted: boolean },
): Promise<void> {
  // What somebody here is changing shows already, and is asked for when that is done.
  if (client.isMutating({ mutationKey: functionQueries.list }) > 0) return;
  const view = isDeleted ? null : await read(call, client, key);
  client.setQueryData<FunctionView[]>(functionQueries.list, (items) => put(items, key, view));
}

/** Null when it is not there any more. */
function read(call: Api['call'], client: QueryClient, key: FunctionKey): Promise<FunctionView | null> {
  return client
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
}

function put(items: FunctionView[] | undefined, key: FunctionKey, view: FunctionView | null) {
  const isIt = ({ project, name }: FunctionView) => project === key.project && name === key.name;
  if (items === undefined || view === null) return items?.filter((item) => !isIt(item));
  return items.some(isIt) ? items.map((item) => (isIt(item) ? view : item)) : [...items, view];
}
