import { PlatformError } from '@plat/platform-kit/errors.ts';
import { z } from 'zod';

/** Who makes the change: a principal's name or a service's. */
export const Actor = z.string({ error: 'expected the name of who makes this change' }).min(1).max(200);

export const ActorQuery = z.strictObject({ actor: Actor });

/** `ifMatch` of a guarded change. */
export const IfMatch = z.string().min(1).max(4000).optional();
export const GuardedQuery = z.strictObject({ actor: Actor, ifMatch: IfMatch });

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a sha256 in hex');
export const Idempotency = z.strictObject({ key: Sha256, request: Sha256 });

/** `?limit=` of the lists. */
export const Limit = limitUpTo(200);

export function limitUpTo(max: number) {
  const expected = `expected a whole number from 1 to ${max}`;
  return z
    .string()
    .regex(/^\d{1,4}$/, expected)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= max, expected)
    .default(50);
}

/** A flag in a query. */
export const Flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** A version's number in a query. */
export const VersionNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'expected the number of a version')
  .transform(Number);

/** `sha256:<64 hex digits>`. */
export const Digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'expected "sha256:" and 64 lower-case hex digits');

/** A version's number in a path; what is none names nothing. */
export function versionParam(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new PlatformError('not_found', `There is no version "${text}"; versions have numbers from 1.`);
}
