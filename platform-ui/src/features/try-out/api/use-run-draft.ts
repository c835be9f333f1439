import { useMutation } from '@tanstack/react-query';
import type { ApiInput } from '@plat/platform-kit/api/api-client.ts';
import type { API } from '@plat/platform-kit/api/api.ts';
import { useApi } from '../../../api-client/api.ts';

export type DraftRun = ApiInput<typeof API.testFunction>['body'];

/** A draft is built and started as a deploy is, and then called. */
const TIMEOUT_MS = 20 * 60_000;

/** Runs code that is not deployed, once, in a sandbox that nothing stays of. */
export function useRunDraft(project: string) {
  const { call } = useApi();
  return useMutation({
    mutationFn: ({ signal, ...body }: DraftRun & { signal: AbortSignal }) =>
      call.testFunction({ query: { project }, body }, { timeoutMs: TIMEOUT_MS, signal }),
  });
}
