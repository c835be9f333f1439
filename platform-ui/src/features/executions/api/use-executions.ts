import { useCallback } from 'react';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi, type Api } from '../../../api-client/api.ts';
import { fillPage } from '../../../api-client/fill-page.ts';
import { useExecutionEvents } from './use-execution-events.ts';

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
  const client = useQueryClient();
  const isFollowed = isLive && before === undefined;
  const lookAgain = useCallback(
    () => client.invalidateQueries({ queryKey: ['executions'] }, { cancelRefetch: false }),
    [client],
  );
  const isTold = useExecutionEvents(query, isFollowed, lookAgain);
  return useQuery({
    queryKey: ['executions', query, before],
    queryFn: ({ signal }) =>
      fillPage((page) => call.listExecutions({ query: { ...query, ...page } }, { signal }), {
        limit: LIMIT,
        before,
      }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => {
      if (!isFollowed) return false;
      const isSparse = data !== undefined && data.items.length < LIMIT && data.next !== null;
      return isTold || isSparse ? SPARSE_MS : UNTOLD_MS;
    },
  });
}
