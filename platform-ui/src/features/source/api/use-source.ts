import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { readZip } from '../../../archive/source-files.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from '../../functions/api/function-queries.ts';

/** The files of a version's source as they were uploaded; they never change. */
export function useSource({ project, name }: FunctionKey, number: number | null) {
  const { http, path } = useApi();
  return useQuery({
    queryKey: functionQueries.part({ project, name }, `source ${number}`),
    queryFn: async ({ signal }) => {
      const response = await http.open('GET', path('getSource', { project, name, number: number! }), {
        signal,
      });
      return readZip(new Uint8Array(await response.arrayBuffer()));
    },
    enabled: number !== null,
    staleTime: Infinity,
  });
}
