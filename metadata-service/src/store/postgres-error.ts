import { PlatformError } from '@plat/platform-kit/errors.ts';

/** What the driver says about a connection without giving a code. */
const BROKEN =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|Query read timeout)/;
/** Of the operating system and the resolver. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** SQLSTATEs of https://www.postgresql.org/docs/current/errcodes-appendix.html that a new attempt can get past. */
const RACES = new Set(['40001', '40P01']);

/** True for a transaction that lost against another one and left nothing: the same again may succeed. */
export function isRace(error: unknown): boolean {
  return RACES.has(codeOf(error));
}

/** True when the server cannot be reached or takes no work at this moment: nothing is wrong with what was asked. */
export function isServerAway(error: unknown): boolean {
  const code = codeOf(error);
  // 08: connection, 57P: the server stops or starts, 53: out of memory, disk or connections, 25006: only reads allowed.
  if (UNREACHABLE.has(code) || /^(08|57P|53)/.test(code) || code === '25006') return true;
  return error instanceof Error && BROKEN.test(error.message);
}

/** The database's error as what the caller can act on; what is neither the server's state nor the input stays as it is. */
export function toStoreError(error: unknown): unknown {
  if (error instanceof PlatformError) return error;
  const code = codeOf(error);
  const unavailable = (message: string) =>
    new PlatformError('unavailable', message, { details: { retryAfterSeconds: 1 }, cause: error });
  if (code === '53100')
    return unavailable('The disk of the database is full; nothing was changed. Make room there.');
  if (code === '25006') return unavailable('The database takes no writes at this moment; try again.');
  if (isServerAway(error)) return unavailable('The database does not answer; try again in a moment.');
  if (isRace(error))
    return unavailable('The database is busy with other writes to the same things; try again.');
  if (code === '57014') return unavailable('The database took too long; nothing was changed. Try again.');
  if (code === '22021' || code === '22P05')
    return new PlatformError('invalid', 'A text holds a character that the database cannot keep (U+0000).', {
      cause: error,
    });
  return error;
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
