import { useMutation } from '@tanstack/react-query';
import type { FunctionConfigInput } from '@plat/platform-kit/function-config.ts';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { useDeploy } from './use-deploy.ts';

/** Deploys the source of a version once more, as the next version. */
export function useRedeploy({ project, name }: FunctionKey) {
  const { http, path } = useApi();
  const deploy = useDeploy();
  return useMutation({
    mutationFn: async ({ number, config }: { number: number; config: FunctionConfigInput }) => {
      const source = await http.open('GET', path('getSource', { project, name, number }));
      const archive = new Uint8Array(await source.arrayBuffer());
      return deploy.mutateAsync({ project, name, config, archive });
    },
  });
}
