import { useMutation } from '@tanstack/react-query';
import type { DraftInput, DraftResult } from '@plat/platform-kit/api/drafts-api.ts';
import type { FunctionConfigInput } from '@plat/platform-kit/function-config.ts';
import { useApi } from '../../../api-client/api.ts';

/** `archive`: a zip, as a deploy takes it. */
export type DraftRun = Pick<DraftInput, 'event' | 'request'> & {
  config: FunctionConfigInput;
  archive: Uint8Array;
};

/** A draft is built and started as a deploy is, and then called. */
const TIMEOUT_MS = 20 * 60_000;

/** Runs code that is not deployed, once, in a sandbox that nothing stays of. */
export function useRunDraft(project: string) {
  const { http, path } = useApi();
  return useMutation({
    mutationFn: async (run: { draft: () => Promise<DraftRun>; signal: AbortSignal }) => {
      const { archive, ...parts } = await run.draft();
      const body = new FormData();
      for (const [name, value] of Object.entries(parts)) body.set(name, JSON.stringify(value));
      body.set('source', new Blob([archive as BlobPart], { type: 'application/zip' }), 'source.zip');
      const options = { query: { project }, body, timeoutMs: TIMEOUT_MS, signal: run.signal };
      return (await http.json('POST', path('testFunction', {}), options)) as DraftResult;
    },
  });
}
