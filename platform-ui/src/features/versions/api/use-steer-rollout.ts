import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RolloutAction } from '@plat/platform-kit/rollout.ts';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from '../../functions/api/function-queries.ts';

/** Pauses a rollout, resumes it, makes its version live now, or takes it back. */
export function useSteerRollout({ project, name }: FunctionKey) {
  const { call } = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (action: RolloutAction) =>
      action === 'abort'
        ? call.abortRollout({ params: { project, name } })
        : call.steerRollout({ params: { project, name, action } }),
    onSettled: () => client.invalidateQueries({ queryKey: functionQueries.one({ project, name }) }),
  });
}
