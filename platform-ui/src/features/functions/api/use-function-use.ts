import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { FunctionUse } from '@plat/platform-kit/metrics.ts';
import { allItems } from '../../../api-client/all-items.ts';
import { useApi } from '../../../api-client/api.ts';
import { paceOf } from '../../../api-client/pace-of.ts';
import { useLiveRefresh } from '../../../api-client/use-live-refresh.ts';
import type { FunctionKey } from '../../../paths.ts';

const PAGE = 5000;
const STEPS = 24;
/** With more functions the answer is long, and asked for less often. */
const SHORT_LIST = 500;

export type UsedBy = (key: FunctionKey) => FunctionUse | undefined;

/** What became of the calls of every function in a range, and when each was called last; `count` functions there are. */
export function useFunctionUse(range: string, { count }: { count: number }) {
  const { call } = useApi();
  const queryKey = ['function-use', range];
  const refetchInterval = useLiveRefresh(queryKey, {
    concerns: ({ kind }) => kind === 'executions',
    ...(count <= SHORT_LIST ? paceOf(range) : { everyMs: 20_000, pollMs: 30_000, toldMs: 60_000 }),
  });
  return useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      allItems(
        (page) => call.listFunctionUse({ query: { ...page, range, trend: STEPS, quiet: true } }, { signal }),
        PAGE,
      ),
    select: index,
    placeholderData: keepPreviousData,
    refetchInterval,
  });
}

function index(items: readonly FunctionUse[]): UsedBy {
  const byKey = new Map(items.map((one) => [`${one.project}/${one.function}`, one]));
  return ({ project, name }) => byKey.get(`${project}/${name}`);
}
