import type { IncomingMessage } from 'node:http';
import { PlatformError } from '@plat/platform-kit/errors.ts';
import { PassedBody } from '@plat/platform-kit/upstream/request-body.ts';
import type { BodyTap } from './body-capture.ts';

/** A request's body on its way to an instance: fails with `too_large` past the limit. `tap` sees what is sent on. */
export function meteredBody(req: IncomingMessage, limitBytes: number, tap?: BodyTap): PassedBody {
  return new PassedBody(req, (chunk, bytes) => {
    tap?.add(chunk);
    return bytes > limitBytes ? tooLarge(limitBytes) : undefined;
  });
}

export function tooLarge(limitBytes: number): PlatformError {
  return new PlatformError('too_large', `The body has more than the ${limitBytes} bytes that are allowed.`, {
    details: { limitBytes },
  });
}
