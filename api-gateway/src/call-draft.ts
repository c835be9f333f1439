import { request } from 'undici';
import type { DraftCall, DraftResult } from '@plat/platform-kit/api/drafts-api.ts';
import { PROBLEM_CONTENT_TYPE, PlatformError, fromProblem } from '@plat/platform-kit/errors.ts';
import { REQUEST_ID_HEADER } from '@plat/platform-kit/http-server.ts';
import { deadline } from '@plat/platform-kit/waiting.ts';

const BODY_LIMIT_BYTES = 1024 * 1024;
/** Beside the function's own timeout: waking, and the way. */
const MARGIN_MS = 60_000;
const TEXT = /^text\/|json|xml|javascript|yaml|x-www-form-urlencoded/i;

export type DraftAnswer = Pick<DraftResult, 'status' | 'headers' | 'body' | 'isBase64' | 'isCut' | 'error'>;

/** Calls a draft through the gateway's own front door, with the caller's own token. */
export async function callDraft(
  url: string,
  run: { project: string; name: string; call: DraftCall; authorization: string; requestId: string; timeoutMs: number },
  wanted: AbortSignal,
): Promise<DraftAnswer> {
  const { project, name, call } = run;
  const http = call.request;
  const isDirect = http === undefined;
  const body = isDirect ? JSON.stringify(call.event ?? {}) : http.body;
  const path = isDirect ? `/api/projects/${project}/functions/${name}/invoke` : `/function/${project}.${name}${http.path ?? '/'}`;
  const answer = await request(`${url}${path}`, {
    method: isDirect ? 'POST' : (http.method ?? (body === undefined ? 'GET' : 'POST')),
    headers: {
      ...(isDirect ? { 'content-type': 'application/json' } : lowerCased(http.headers)),
      authorization: run.authorization,
      [REQUEST_ID_HEADER]: run.requestId,
    },
    body: body ?? null,
    signal: deadline(run.timeoutMs + MARGIN_MS, wanted),
  }).catch((cause: unknown) => {
    throw new PlatformError('unavailable', 'The draft could not be called.', { cause });
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > BODY_LIMIT_BYTES) break;
  }
  const received = Buffer.concat(chunks).subarray(0, BODY_LIMIT_BYTES);
  const headers = Object.fromEntries(Object.entries(answer.headers).map(([key, value]) => [key, String(value)]));
  const type = headers['content-type'] ?? '';
  const isText = received.length === 0 || TEXT.test(type);
  const problem = type.startsWith(PROBLEM_CONTENT_TYPE) ? fromProblem(parsed(received)) : undefined;
  return {
    status: answer.statusCode,
    headers,
    body: received.toString(isText ? 'utf8' : 'base64'),
    isBase64: !isText,
    isCut: bytes > BODY_LIMIT_BYTES,
    error: problem ? { code: problem.code, message: problem.message, component: problem.component ?? 'function-proxy' } : null,
  };
} // prettier-ignore

function lowerCased(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
