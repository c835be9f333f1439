import type { ErrorCode } from '@plat/platform-kit/errors.ts';

/** What `plat` exits with. Scripts rely on these numbers: they never change their meaning. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: 'It worked.' },
  general: { code: 1, meaning: 'Something failed that has no number of its own.' },
  usage: { code: 2, meaning: 'The command line, `plat.yaml` or the request is wrong.' },
  auth: { code: 3, meaning: 'There is no valid token, or it does not allow this.' },
  notFound: { code: 4, meaning: 'The project, function, version, alias … does not exist.' },
  conflict: { code: 5, meaning: 'The present state does not allow this.' },
  network: {
    code: 6,
    meaning: 'The platform cannot be reached, has no capacity right now, or something took too long.',
  },
  functionFailed: { code: 7, meaning: 'The function answered with status 400 or above, or crashed.' },
  deployFailed: { code: 8, meaning: 'The build failed, or the new version never became ready.' },
  rolloutFailed: { code: 9, meaning: 'A rollout was taken back or paused: the new version is not live.' },
  interrupted: { code: 130, meaning: 'Interrupted (^C).' },
} as const;

export type Exit = keyof typeof EXIT_CODES;

/** How each error of the platform ends the program. */
export const EXIT_OF_ERROR = {
  invalid: 'usage',
  unauthenticated: 'auth',
  forbidden: 'auth',
  not_found: 'notFound',
  conflict: 'conflict',
  precondition_failed: 'conflict',
  too_large: 'usage',
  rate_limited: 'network',
  client_closed: 'general',
  internal: 'general',
  function_failed: 'functionFailed',
  unreachable: 'network',
  unavailable: 'network',
  cold_start_timeout: 'network',
  function_timeout: 'network',
} as const satisfies Record<ErrorCode, Exit>;
