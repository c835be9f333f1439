import { PlatformError } from '@plat/platform-kit/errors.ts';

/** What a page is refused with whose `before` no page gave. */
export function invalidCursor(before: string): PlatformError {
  return new PlatformError(
    'invalid',
    `before: expected the "next" of an earlier page (received "${before}").`,
    { details: { field: 'before', received: before } },
  );
}
