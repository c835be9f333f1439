import { useMutation } from '@tanstack/react-query';
import { PROBLEM_CONTENT_TYPE } from '@plat/platform-kit/errors.ts';
import { useApi } from '../../../api-client/api.ts';
import { readError } from '../../../api-client/http.ts';
import { readText } from '../../../api-client/read-text.ts';
import type { RequestErrorCode } from '../../../api-client/request-error.ts';

export type Replay = {
  status: number;
  /** Of the new call. */
  requestId: string | null;
  tookMs: number;
  contentType: string;
  text: string;
  isCut: boolean;
};

const TIMEOUT_MS = 330_000;
const LIMIT_BYTES = 64 * 1024;
/** With these the call was made, and failed: there is a record of it. */
const OF_THE_CALL = new Set<RequestErrorCode>(['function_failed', 'function_timeout', 'cold_start_timeout']);

/** Makes a call once more. An answer of any status is a result; throws when the call was not made. */
export function useReplay(id: string) {
  const { http, path } = useApi();
  return useMutation({
    mutationFn: async (): Promise<Replay> => {
      const startedAt = performance.now();
      const response = await http.send('POST', path('replayExecution', { id }), { timeoutMs: TIMEOUT_MS });
      const contentType = response.headers.get('content-type') ?? '';
      if (contentType.startsWith(PROBLEM_CONTENT_TYPE)) {
        const error = await readError(response.clone());
        if (error.component !== null && !OF_THE_CALL.has(error.code)) throw error;
      }
      const { text, isCut } = await readText(response, LIMIT_BYTES);
      return {
        status: response.status,
        requestId: response.headers.get('x-request-id'),
        tookMs: performance.now() - startedAt,
        contentType,
        text,
        isCut,
      };
    },
  });
}
