import { PlatformError } from '@plat/platform-kit/errors.ts';

/** https://www.sqlite.org/rescode.html: SQLITE_FULL, and what writing and syncing files end with on a full disk. */
const FULL = 13;
const IO_ERROR = 10;

/**
 * SQLite's error as what the caller can act on; what is not the disk's fault stays as it is. A
 * commit that fails is rolled back already when the driver tries to ("no transaction is active").
 */
export function toStoreError(error: unknown): unknown {
  if (error instanceof PlatformError) return error;
  const { errcode, message = '' } = (error ?? {}) as { errcode?: number; message?: string };
  const primary = errcode === undefined ? undefined : errcode & 0xff;
  if (primary === FULL || /database or disk is full/.test(message))
    return new PlatformError(
      'unavailable',
      'The disk of the database is full; nothing was changed. Make room there.',
      {
        details: { retryAfterSeconds: 1 },
        cause: error,
      },
    );
  if (primary === IO_ERROR || /disk I\/O error|no transaction is active/.test(message))
    return new PlatformError(
      'unavailable',
      'The disk of the database cannot be written, or it is full; nothing was changed.',
      {
        details: { retryAfterSeconds: 1 },
        cause: error,
      },
    );
  return error;
}
