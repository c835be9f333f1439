import { ERRORS, type ErrorCode, type ErrorDetails, type Problem } from '@plat/platform-kit/errors.ts';

/** `network`: nobody answered. `foreign`: somebody did, who is no Plat gateway. */
export type RequestErrorCode = ErrorCode | 'network' | 'foreign';

/** What went wrong with a request to the platform, with all that a person may need to find out why. */
export class RequestError extends Error {
  readonly code: RequestErrorCode;
  readonly status: number | null;
  readonly component: string | null;
  readonly requestId: string | null;
  readonly details: ErrorDetails | undefined;

  constructor(
    code: RequestErrorCode,
    message: string,
    facts: {
      status?: number;
      component?: string;
      requestId?: string;
      details?: ErrorDetails;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: facts.cause });
    this.name = 'RequestError';
    this.code = code;
    this.status = facts.status ?? null;
    this.component = facts.component ?? null;
    this.requestId = facts.requestId ?? null;
    this.details = facts.details;
  }
}

/** The error that a problem document tells of; undefined when it is none of the platform's. */
export function errorOfProblem(body: unknown): RequestError | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { code, detail, status, component, requestId, details } = body as Partial<Problem>;
  if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code) || typeof detail !== 'string')
    return undefined;
  return new RequestError(code, detail, {
    ...(status === undefined ? {} : { status }),
    ...(component === undefined ? {} : { component }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(details === undefined ? {} : { details }),
  });
}
