import { randomUUID } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Where a version 4 UUID has pairs of digits that are wholly random (RFC 9562, 5.4). */
const RANDOM_PAIRS = [0, 2, 4, 6, 9, 11, 16, 21, 24, 26, 28];

/** A sortable id: 9 characters of time (ms, base 32) and 11 of chance (55 bits); unique enough for one platform. */
export function newId(now: number = Date.now()): string {
  let time = '';
  for (let rest = now; time.length < 9; rest = Math.floor(rest / 32)) time = ALPHABET[rest % 32]! + time;
  // Node keeps UUIDs in stock, where random bytes are a system call each: this stands in the way of every request.
  const uuid = randomUUID();
  let chance = '';
  for (const at of RANDOM_PAIRS) chance += ALPHABET[Number.parseInt(uuid.slice(at, at + 2), 16) & 31]!;
  return time + chance;
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** The caller's `x-request-id` when it is harmless (1–64 of letters, digits, `.`, `_`, `-`), else a new one. */
export function acceptRequestId(received: string | string[] | undefined): string {
  return typeof received === 'string' && REQUEST_ID.test(received) ? received : newId();
}
