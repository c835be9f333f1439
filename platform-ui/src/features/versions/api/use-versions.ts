import { useInfiniteQuery } from '@tanstack/react-query';
import { isTerminal } from '@plat/platform-kit/version-states.ts';
import { useApi } from '../../../api-client/api.ts';
import { useLiveRefresh } from '../../../api-client/use-live-refresh.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries, isChangeOf } from '../../functions/api/function-queries.ts';

const PAGE = 30;

/** The versions of a function, newest first, page by page. */
export function useVersions({ project, name }: FunctionKey) {
  const { call } = useApi();
  const queryKey = functionQueries.part({ project, name }, 'versions');
  const intervalMs = useLiveRefresh(queryKey, { concerns: isChangeOf({ project, name }), pollMs: 6000 });
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      call.listVersions(
        {
          params: { project, name },
          query: { limit: PAGE, ...(pageParam === null ? {} : { before: pageParam }) },
        },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
    refetchInterval: ({ state }) =>
      state.data?.pages[0]?.items.some((version) => !isTerminal(version.state)) ? 1500 : intervalMs,
  });
}
