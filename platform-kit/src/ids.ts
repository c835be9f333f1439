import { randomUUID } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** Ten bits as two characters. */
const PAIRS = Array.from({ length: 1024 }, (_, bits) => ALPHABET[bits >> 5]! + ALPHABET[bits & 31]!);

/** A sortable id: 9 characters of time (ms, base 32) and 11 of chance (55 bits); unique enough for one platform. */
export function newId(now: number = Date.now()): string {
  const high = Math.floor(now / 2 ** 30);
  const low = now % 2 ** 30;
  // Node keeps UUIDs in stock, where random bytes are a system call each: this stands in the way of every request.
  // The first and the last 8 digits of a version 4 UUID are wholly random (RFC 9562, 5.4).
  const uuid = randomUUID();
  const first = Number.parseInt(uuid.slice(0, 8), 16);
  const last = Number.parseInt(uuid.slice(28), 16);
  return (
    ALPHABET[(high >> 10) & 31]! +
    PAIRS[high & 1023]! +
    thirtyBits(low) +
    thirtyBits(first) +
    ALPHABET[last & 31]! +
    PAIRS[(last >>> 5) & 1023]! +
    PAIRS[(last >>> 15) & 1023]!
  );
}

function thirtyBits(bits: number): string {
  return PAIRS[(bits >>> 20) & 1023]! + PAIRS[(bits >>> 10) & 1023]! + PAIRS[bits & 1023]!;
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** The caller's `x-request-id` when it is harmless (1–64 of letters, digits, `.`, `_`, `-`), else a new one. */
export function acceptRequestId(received: string | string[] | undefined): string {
  return typeof received === 'string' && REQUEST_ID.test(received) ? received : newId();
}
