import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi, type Api } from '../../../api-client/api.ts';
import { fillPage } from '../../../api-client/fill-page.ts';
import { useLiveRefresh } from '../../../api-client/use-live-refresh.ts';

type Query = NonNullable<Parameters<Api['call']['listExecutions']>[0]>['query'];
/** What the platform filters by; it says itself what it does not understand. */
export type ExecutionQuery = Omit<NonNullable<Query>, 'before' | 'limit'>;

const LIMIT = 50;
const UNTOLD_MS = 3000;
/** In case an event was lost, and for searches that have to look far, which cost the platform more. */
const SPARSE_MS = 15_000;

/** A page of calls, newest first; `isLive` keeps the page that begins now up to date. */
export function useExecutions(
  query: ExecutionQuery,
  { before, isLive }: { before: string | undefined; isLive: boolean },
) {
  const { call } = useApi();
  const isFollowed = isLive && before === undefined;
  const queryKey = ['executions', query, before];
  const { project, function: name } = query;
  const intervalMs = useLiveRefresh(queryKey, {
    concerns: (event) =>
      event.kind === 'executions' &&
      (event.data.skipped > 0 ||
        event.data.items.some(
          (one) => (!project || one.project === project) && (!name || one.function === name),
        )),
    pollMs: UNTOLD_MS,
    toldMs: SPARSE_MS,
    isOn: isFollowed,
  });
  return useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      fillPage((page) => call.listExecutions({ query: { ...query, ...page } }, { signal }), {
        limit: LIMIT,
        before,
      }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => {
      if (!isFollowed) return false;
      const isSparse = data !== undefined && data.items.length < LIMIT && data.next !== null;
      return isSparse ? SPARSE_MS : intervalMs;
    },
  });
}
