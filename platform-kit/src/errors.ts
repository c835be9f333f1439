/**
 * The closed table of platform errors. A new error is one row here and one entry in `docs/errors.md`; a test holds
 * the two against each other. Status and title are what the client sees; `code` survives every hop between services.
 */
export const ERRORS = {
  invalid: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'The token does not allow this' },
  not_found: { status: 404, title: 'There is no such thing' },
  conflict: { status: 409, title: 'The present state does not allow this' },
  precondition_failed: { status: 412, title: 'It has changed since it was read' },
  too_large: { status: 413, title: 'The body is too large' },
  rate_limited: { status: 429, title: 'Too many requests' },
  client_closed: { status: 499, title: 'The client left before the answer' },
  internal: { status: 500, title: 'The platform failed' },
  function_failed: { status: 502, title: 'The function failed' },
  unreachable: { status: 502, title: 'A part of the platform cannot be reached' },
  unavailable: { status: 503, title: 'There is no capacity for this right now' },
  cold_start_timeout: { status: 504, title: 'No instance became ready in time' },
  function_timeout: { status: 504, title: 'The function did not answer in time' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** Data that travels with an error: JSON values only, never a secret. `retryAfterSeconds` becomes `Retry-After`. */
export type ErrorDetails = { retryAfterSeconds?: number; [key: string]: unknown };

/**
 * The one error the platform throws on purpose. `message` says what was received, what was expected and what to do
 * next; it is shown to the caller. `cause` stays in the log.
 */
export class PlatformError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails | undefined;
  /** The service that threw it, when it came over a hop; undefined for one thrown here. */
  component: string | undefined;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PlatformError';
    this.code = code;
    this.details = options.details;
  }
}

/** RFC 9457 problem document, as every error body of the platform is (`application/problem+json`). */
export type Problem = {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  component: string;
  detail: string;
  requestId: string;
  details?: ErrorDetails;
};

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** Anything that is not a PlatformError becomes `internal` with generic text: its own text stays in the log. */
export function toPlatformError(error: unknown): PlatformError {
  if (error instanceof PlatformError) return error;
  return new PlatformError('internal', 'Something went wrong inside the platform. The log has the details.', {
    cause: error,
  });
}

export function toProblem(error: unknown, context: { component: string; requestId: string }): Problem {
  const known = toPlatformError(error);
  const { status, title } = ERRORS[known.code];
  return {
    type: `urn:plat:error:${known.code}`,
    title,
    status,
    code: known.code,
    component: known.component ?? context.component,
    detail: known.message,
    requestId: context.requestId,
    ...(known.details ? { details: known.details } : {}),
  };
}

/** The inverse of `toProblem`: rebuilds the same error from a body another service answered with, or undefined. */
export function fromProblem(body: unknown): PlatformError | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { code, detail, details, component } = body as Partial<Problem>;
  if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code) || typeof detail !== 'string')
    return undefined;
  const error = new PlatformError(code, detail, details ? { details } : {});
  error.component = typeof component === 'string' ? component : undefined;
  return error;
}
