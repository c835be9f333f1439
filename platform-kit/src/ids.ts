import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** A sortable id: 9 characters of time (ms, base 32) and 11 of chance (55 bits); unique enough for one platform. */
export function newId(now: number = Date.now()): string {
  let time = '';
  for (let rest = now; time.length < 9; rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32]! + time;
  let chance = '';
  for (const byte of randomBytes(11)) chance += ALPHABET[byte & 31]!;
  return time + chance;
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** The caller's `x-request-id` when it is harmless (1–64 of letters, digits, `.`, `_`, `-`), else a new one. */
export function acceptRequestId(received: string | string[] | undefined): string {
  return typeof received === 'string' && REQUEST_ID.test(received) ? received : newId();
}
