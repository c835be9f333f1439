import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FunctionConfigInput } from '@plat/platform-kit/function-config.ts';
import { useApi } from '../../../api-client/api.ts';
import type { FunctionKey } from '../../../paths.ts';
import { functionQueries } from '../../functions/api/function-queries.ts';

export type Deploy = FunctionKey & { config: FunctionConfigInput; archive: Uint8Array };

/** Makes the next version of a function, or a new function. Sent twice by a broken connection, it is made once. */
export function useDeploy() {
  const { call } = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ project, name, config, archive }: Deploy) => {
      const form = new FormData();
      form.set('config', JSON.stringify(config));
      form.set('source', new Blob([archive as BlobPart], { type: 'application/zip' }), 'source.zip');
      return call.deploy(
        { params: { project, name }, body: form },
        { timeoutMs: 600_000, headers: { 'idempotency-key': randomKey() } },
      );
    },
    onSuccess: (_version, { project, name }) =>
      Promise.all([
        client.invalidateQueries({ queryKey: functionQueries.list }),
        client.invalidateQueries({ queryKey: functionQueries.one({ project, name }) }),
      ]),
  });
}

function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
