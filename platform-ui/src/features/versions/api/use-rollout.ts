import { useQuery } from '@tanstack/react-query';
import { isRolloutOver } from '@plat/platform-kit/rollout.ts';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from '../../functions/api/function-queries.ts';

const UNDER_WAY_MS = 1500;
const OVER_MS = 8000;

/** The rollout that is under way, or was last; null when there was none. */
export function useRollout({ project, name }: FunctionKey) {
  const { call } = useApi();
  return useQuery({
    queryKey: functionQueries.part({ project, name }, 'rollout'),
    queryFn: async ({ signal }) => {
      const { items } = await call.listRollouts(
        { params: { project, name }, query: { limit: 1 } },
        { signal },
      );
      return items[0] ?? null;
    },
    refetchInterval: ({ state: { data } }) => (data && !isRolloutOver(data.state) ? UNDER_WAY_MS : OVER_MS),
  });
}
