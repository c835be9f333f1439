import { createHash } from 'node:crypto';
import type { Idempotency } from '@plat/platform-kit/clients/metadata-client.ts';
import type { Principal } from '@plat/platform-kit/domain.ts';
import { PlatformError } from '@plat/platform-kit/errors.ts';

const KEY = /^[\x21-\x7e]{1,200}$/;

/**
 * What an `Idempotency-Key` stands for: each principal and each route (`scope`) has keys of its own. `request` is all that
 * decides what is made. Undefined without the header.
 */
export function idempotencyOf(
  header: string | string[] | undefined,
  { principal, scope, request }: { principal: Principal; scope: unknown; request: unknown },
): { idempotency?: Idempotency } {
  if (header === undefined) return {};
  if (typeof header !== 'string' || !KEY.test(header)) {
    throw new PlatformError(
      'invalid',
      'Idempotency-Key: expected 1 to 200 printable ASCII characters without blanks.',
    );
  }
  return {
    idempotency: {
      key: sha256(JSON.stringify([principal.id, scope, header])),
      request: sha256(JSON.stringify(request)),
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
