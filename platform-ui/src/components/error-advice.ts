import type { RequestErrorCode } from '../api-client/request-error.ts';

/** What a person can do about an error; the message itself says what happened. */
export const ERROR_ADVICE: Record<RequestErrorCode, string> = {
  invalid: 'Mend what the message names, then try again.',
  unauthenticated: 'Sign in with a token that is valid.',
  forbidden: 'Sign in with a token whose role allows this, or ask an administrator for one.',
  not_found: 'It may have been deleted, or the address has a typing error.',
  conflict: 'Look at the present state; somebody else may have changed it meanwhile.',
  precondition_failed: 'Somebody changed it since it was read. Look at it anew, then try again.',
  too_large: 'Send less, or raise the limit in the platform’s configuration.',
  rate_limited: 'Wait a moment, then try again.',
  client_closed: 'The request was broken off before its answer. Try again.',
  internal: 'The platform’s log has the details; look for the request id.',
  function_failed: 'The function’s code crashed or gave a wrong answer. Its logs say more.',
  unreachable: 'A part of the platform does not answer. The page System says which.',
  unavailable: 'Try again in a moment; the page System says whether something is away.',
  cold_start_timeout: 'The function takes too long to start. Its logs say what it does.',
  function_timeout: 'The function took longer than its timeout. Raise it, or look at its logs.',
  network: 'Is the platform running, and this machine connected? The page tries again by itself.',
  foreign: 'Something between this page and the platform answered in its place, such as a proxy.',
};
