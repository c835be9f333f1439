import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../../api-client/api.ts';
import { readError } from '../../../api-client/http.ts';
import type { RequestError } from '../../../api-client/request-error.ts';
import type { FunctionKey } from '../../../paths.ts';

export type Call = FunctionKey & {
  /** `event`: the JSON text is the event itself. Else an HTTP call with method, path and headers. */
  kind: 'event' | 'http';
  version: number | null;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
};

export type CallResult = {
  status: number;
  headers: [name: string, value: string][];
  body: string;
  isBinary: boolean;
  bodyBytes: number;
  durationMs: number;
  requestId: string | null;
  /** The platform's own error; null when the answer, whatever it is, is the function's. */
  problem: RequestError | null;
};

const TIMEOUT_MS = 15 * 60_000;
const SHOWN_BYTES = 512 * 1024;

/** Calls a deployed function, and tells its own answer from an error of the platform. */
export function useCallFunction() {
  const { http, path } = useApi();
  return useMutation({
    mutationFn: async ({ signal, ...call }: Call & { signal?: AbortSignal }): Promise<CallResult> => {
      const startedAt = performance.now();
      const response = await http.send(
        call.kind === 'event' ? 'POST' : call.method,
        call.kind === 'event'
          ? path('invoke', { project: call.project, name: call.name })
          : functionPath(call),
        {
          timeoutMs: TIMEOUT_MS,
          ...(signal ? { signal } : {}),
          headers: call.kind === 'event' ? { 'content-type': 'application/json' } : call.headers,
          ...(call.kind === 'event' && call.version !== null ? { query: { version: call.version } } : {}),
          ...(call.kind === 'event' || !['GET', 'HEAD'].includes(call.method) ? { body: call.body } : {}),
        },
      );
      const bytes = new Uint8Array(await response.clone().arrayBuffer());
      const durationMs = performance.now() - startedAt;
      const requestId = response.headers.get('x-request-id');
      const problem = response.ok ? null : await readError(response);
      const text = decode(bytes.subarray(0, SHOWN_BYTES));
      return {
        status: response.status,
        headers: [...response.headers],
        body: text ?? '',
        isBinary: text === null,
        bodyBytes: bytes.length,
        durationMs,
        requestId,
        problem: problem?.requestId != null && problem.requestId === requestId ? problem : null,
      };
    },
  });
}

/** Where the call goes, as `/function/…` wants it. */
export function functionPath({
  project,
  name,
  version,
  path,
}: Pick<Call, 'project' | 'name' | 'version' | 'path'>): string {
  return `/function/${project}.${name}${version === null ? '' : `@${version}`}${path.startsWith('/') ? path : `/${path}`}`;
}

function decode(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  return new TextDecoder().decode(bytes);
}
