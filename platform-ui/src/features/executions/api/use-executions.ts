import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi, type Api } from '../../../api-client/api.ts';
import { fillPage } from '../../../api-client/fill-page.ts';

type Query = NonNullable<Parameters<Api['call']['listExecutions']>[0]>['query'];
/** What the platform filters by; it says itself what it does not understand. */
export type ExecutionQuery = Omit<NonNullable<Query>, 'before' | 'limit'>;

const LIMIT = 50;
const LIVE_MS = 2000;
/** A search that has to look far costs the platform more. */
const SPARSE_MS = 15_000;

/** A page of calls, newest first; `isLive` keeps the page that begins now up to date. */
export function useExecutions(
  query: ExecutionQuery,
  { before, isLive }: { before: string | undefined; isLive: boolean },
) {
  const { call } = useApi();
  return useQuery({
    queryKey: ['executions', query, before],
    queryFn: ({ signal }) =>
      fillPage((page) => call.listExecutions({ query: { ...query, ...page } }, { signal }), {
        limit: LIMIT,
        before,
      }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => {
      if (!isLive || before !== undefined) return false;
      return data && data.items.length < LIMIT && data.next !== null ? SPARSE_MS : LIVE_MS;
    },
  });
}
