import { PROBLEM_CONTENT_TYPE } from '@plat/platform-kit/errors.ts';
import { RequestError, errorOfProblem } from './request-error.ts';
import type { Session } from './session.ts';

export type HttpOptions = {
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Until the head of the answer is there. */
  timeoutMs?: number;
  /** Used instead of the session's token: to try one out. */
  token?: string;
};

export type Http = {
  /** Any answer, whatever its status. Throws RequestError `network` when there is none. */
  send: (method: string, path: string, options?: HttpOptions) => Promise<Response>;
  /** The answer when it is a good one; throws the RequestError it tells of when not. */
  open: (method: string, path: string, options?: HttpOptions) => Promise<Response>;
  json: (method: string, path: string, options?: HttpOptions) => Promise<unknown>;
};

const TIMEOUT_MS = 30_000;

/** HTTP to the gateway that this page came from. A token that is refused ends the session it belongs to. */
export function createHttp(session: Session, fetchIt: typeof fetch): Http {
  const send: Http['send'] = async (method, path, options = {}) => {
    const token = options.token ?? session.token();
    const head = new AbortController();
    const timer = setTimeout(() => head.abort(), options.timeoutMs ?? TIMEOUT_MS);
    try {
      return await fetchIt(withQuery(path, options.query), {
        method,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(isJson(options.body) ? { 'content-type': 'application/json' } : {}),
          ...options.headers,
        },
        ...(options.body === undefined ? {} : { body: encode(options.body) }),
        signal: options.signal ? AbortSignal.any([options.signal, head.signal]) : head.signal,
        cache: 'no-store',
        credentials: 'omit',
      });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      const seconds = (options.timeoutMs ?? TIMEOUT_MS) / 1000;
      throw new RequestError(
        'network',
        head.signal.aborted
          ? `The platform did not answer within ${seconds} s.`
          : 'The platform cannot be reached.',
        { cause: error },
      );
    } finally {
      clearTimeout(timer);
    }
  };

  const open: Http['open'] = async (method, path, options = {}) => {
    const sentWith = options.token ?? session.token();
    const response = await send(method, path, options);
    if (response.ok) return response;
    const error = await readError(response);
    if (error.code === 'unauthenticated' && sentWith !== null && sentWith === session.token()) {
      session.signOut(error.message);
    }
    throw error;
  };

  return {
    send,
    open,
    json: async (method, path, options) => {
      const response = await open(method, path, options);
      if (response.status === 204) return undefined;
      const text = await response.text();
      try {
        return JSON.parse(text) as unknown;
      } catch {
        throw foreign(response);
      }
    },
  };
}

/** What an answer that is not a good one says. */
export async function readError(response: Response): Promise<RequestError> {
  if (!response.headers.get('content-type')?.startsWith(PROBLEM_CONTENT_TYPE)) return foreign(response);
  const body: unknown = await response.json().catch(() => undefined);
  return errorOfProblem(body) ?? foreign(response);
}

function foreign(response: Response): RequestError {
  return new RequestError('foreign', `Status ${response.status}, and not as a Plat gateway answers.`, {
    status: response.status,
  });
}

function withQuery(path: string, query: HttpOptions['query']): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search}`;
}

function isJson(body: unknown): boolean {
  return (
    body !== undefined && typeof body !== 'string' && !(body instanceof FormData) && !(body instanceof Blob)
  );
}

function encode(body: unknown): BodyInit {
  return isJson(body) ? JSON.stringify(body) : (body as BodyInit);
}
