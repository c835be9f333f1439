import { z } from 'zod';
import { AliasName, NAME_MAX_LENGTH, Name } from '../names.ts';
import { parseDurationMs } from '../quantities.ts';

/** What the document says of an input in place of what can be read off its schema. */
type InDocument = { openapi: Record<string, unknown> };
const shown = (openapi: Record<string, unknown>): InDocument => ({ openapi });

const NAME_PATTERN = '^[a-z](?:-?[a-z0-9])*$';

export const ProjectName = Name.meta(
  shown({ type: 'string', pattern: NAME_PATTERN, maxLength: NAME_MAX_LENGTH, description: 'Name of a project.', examples: ['default'] }),
); // prettier-ignore
export const FunctionName = Name.meta(
  shown({ type: 'string', pattern: NAME_PATTERN, maxLength: NAME_MAX_LENGTH, description: 'Name of a function.', examples: ['hello'] }),
); // prettier-ignore

/** Query parameters and parts of a path are text; clients may hand over numbers and flags as such. */
export function queryInt(limits: { min: number; max: number }) {
  const expected = `expected a whole number from ${limits.min} to ${limits.max}`;
  return z
    .union([z.string(), z.number()], expected)
    .refine((value) => /^\d{1,15}$/.test(String(value)), expected)
    .transform(Number)
    .refine((value) => value >= limits.min && value <= limits.max, expected)
    .meta(shown({ type: 'integer', minimum: limits.min, maximum: limits.max }));
}

export const QueryFlag = z
  .union([z.boolean(), z.enum(['true', 'false'])], { error: 'expected true or false' })
  .transform((value) => String(value) === 'true')
  .meta(shown({ type: 'boolean' }));

const SINCE_EXPECTED = 'expected an ISO time or a duration such as "5m"';

/** A moment in a query: becomes an ISO time. */
export const Moment = z
  .string(SINCE_EXPECTED)
  .transform((text, context) => {
    const agoMs = parseDurationMs(text);
    const time =
      agoMs === undefined && /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Date.now() - (agoMs ?? NaN);
    if (time >= 0 && time <= 8.64e15) return new Date(time).toISOString();
    context.addIssue({ code: 'custom', message: SINCE_EXPECTED });
    return z.NEVER;
  })
  .meta({ description: 'An ISO time, or how long ago: a duration such as `5m`.' });

/** A length of time in a query: becomes milliseconds. */
export function queryDuration(limits: { min: string; max: string }) {
  const [minMs, maxMs] = [parseDurationMs(limits.min)!, parseDurationMs(limits.max)!];
  const expected = `expected a duration from ${limits.min} to ${limits.max}, such as "5m"`;
  return z
    .string(expected)
    .transform((text) => parseDurationMs(text) ?? NaN)
    .refine((ms) => ms >= minMs && ms <= maxMs, expected)
    .meta(shown({ type: 'string', examples: ['1h'] }));
}

export const RequestId = z.string().max(64);

export const VersionNumber = queryInt({ min: 1, max: 999_999_999 });

/** `?limit=` of lists. */
export const PageLimit = queryInt({ min: 1, max: 200 }).default(50);
/** `?before=` of lists. */
export const Cursor = z
  .string()
  .min(1, 'expected the "next" of an earlier page')
  .max(200)
  .optional()
  .meta({ description: 'The `next` of the page before.' });

export const PageQuery = z.strictObject({ before: Cursor, limit: PageLimit });

export const ProjectParams = z.object({ project: ProjectName });
export const FunctionParams = z.object({ project: ProjectName, name: FunctionName });
export const VersionParams = z.object({ project: ProjectName, name: FunctionName, number: VersionNumber });
export const AliasParams = z.object({ project: ProjectName, name: FunctionName, alias: AliasName });
export const IdParams = z.object({ id: z.string().min(1).max(100) });

/** A page of a list; `next` is null at its end. */
export function page<S extends z.ZodType>(item: S) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'Hand back as `before` for the next page; null at the end.' }),
  }); // prettier-ignore
}
