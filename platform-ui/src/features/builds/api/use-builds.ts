import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { isTerminal } from '@plat/platform-kit/version-states.ts';
import { useApi, type Api } from '../../../api-client/api.ts';
import { useLiveRefresh } from '../../../api-client/use-live-refresh.ts';

type Query = NonNullable<NonNullable<Parameters<Api['call']['listBuilds']>[0]>['query']>;
/** What the platform filters by; it says itself what it does not understand. */
export type BuildQuery = Omit<Query, 'before' | 'limit'>;

const LIMIT = 50;
const BUSY_MS = 1500;
const CALM_MS = 5000;

/** A page of the builds of all functions, newest first. The page that begins now keeps itself up to date. */
export function useBuilds(query: BuildQuery, before: string | undefined) {
  const { call } = useApi();
  const queryKey = ['builds', query, before];
  const calmMs = useLiveRefresh(queryKey, {
    concerns: ({ kind }) => kind === 'version',
    pollMs: CALM_MS,
    isOn: before === undefined,
  });
  return useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      call.listBuilds({ query: { ...query, limit: LIMIT, ...(before === undefined ? {} : { before }) } }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => {
      if (before !== undefined) return false;
      return data?.items.some(({ state }) => !isTerminal(state)) ? BUSY_MS : calmMs;
    },
  });
} // prettier-ignore
