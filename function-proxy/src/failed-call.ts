import { PlatformError } from '@plat/platform-kit/errors.ts';
import type { InvocationTarget } from '@plat/platform-kit/invoker.ts';

/**
 * What an instance's own refusal means: the handler threw (`error`), gave something that is no answer (`invalid`, 500),
 * or the request was refused before the handler saw it (`invalid`, any other status).
 */
export function toCallError(outcome: 'error' | 'invalid', status: number, body: Buffer): PlatformError {
  const { errorType, errorMessage } = parseReport(body);
  const what = errorType && errorMessage ? `${errorType}: ${errorMessage}` : (errorMessage ?? errorType);
  const details = { ...(errorType ? { errorType } : {}), ...(errorMessage ? { errorMessage } : {}) };
  if (outcome === 'error') {
    return new PlatformError('function_failed', `The function failed${what ? `: ${what}` : '.'}`, {
      details,
    });
  }
  if (status === 500) {
    const reason = errorMessage ? `: ${errorMessage}` : '.';
    return new PlatformError('function_failed', `The function's answer was not valid${reason}`, { details });
  }
  const code = status === 413 ? 'too_large' : 'invalid';
  return new PlatformError(code, errorMessage ?? 'The function cannot take this request.', { details });
}

/** What a stranger at a function's own host is told: which of the platform's errors it was, and no more. */
const EDGE_DETAIL: Partial<Record<PlatformError['code'], string>> = {
  too_large: 'The body is larger than this function takes.',
  invalid: 'The request cannot be passed on to the function.',
  unavailable: 'The function cannot take this request right now.',
  cold_start_timeout: 'The function did not start in time.',
  function_timeout: 'The function did not answer in time.',
  not_found: 'There is nothing at this address.',
};

/** The error as the caller may see it: whole for those who hold a token, generic for the public. */
export function publicError(error: PlatformError, target: InvocationTarget): PlatformError {
  if (target.trigger !== 'edge') return error;
  const { retryAfterSeconds } = error.details ?? {};
  const detail =
    error.code === 'function_failed'
      ? `The function failed. Its owner finds out why with: plat logs --request-id ${target.requestId}`
      : (EDGE_DETAIL[error.code] ?? 'The function could not be reached.');
  return new PlatformError(error.code, detail, {
    cause: error,
    ...(retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } }),
  });
}

function parseReport(body: Buffer): { errorType: string | undefined; errorMessage: string | undefined } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    parsed = undefined;
  }
  const { errorType, errorMessage } = (parsed ?? {}) as { errorType?: unknown; errorMessage?: unknown };
  return {
    errorType: typeof errorType === 'string' ? errorType.slice(0, 200) : undefined,
    errorMessage: typeof errorMessage === 'string' ? errorMessage.slice(0, 8000) : undefined,
  };
}
