import { PlatformError } from '@plat/platform-kit/errors.ts';

/** Why a repeated request cannot have the answer of the first one. */
export function secretNotKept(id: string): PlatformError {
  return new PlatformError(
    'conflict',
    `The token ${id} was made with this Idempotency-Key already. Its secret was in that answer and is not kept: ` +
      'if it is lost, delete the token and make another one with a new key.',
    { details: { id } },
  );
}
