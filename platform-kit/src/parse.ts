import { z } from 'zod';
import { PlatformError } from './errors.ts';
import { issueText } from './issue-text.ts';
import { nearest } from './nearest.ts';

/** One thing wrong with an input: where it stands, and a sentence that says what was received and what is expected. */
export type Issue = { field: string; message: string };

/**
 * Parses `input` with `schema`; throws `invalid` that names every wrong field at once, with what was received and,
 * for an unknown key, the nearest known one. `what` names the thing in the message ("plat.yaml", "the query").
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown, what: string): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issues = describeIssues(result.error, input, schema);
  const text = issues
    .map((issue) => (issue.field ? `${issue.field}: ${issue.message}` : issue.message))
    .join('; ');
  throw new PlatformError('invalid', `${what} is not valid. ${text}`, { details: { issues } });
}

export function describeIssues(error: z.ZodError, input: unknown, schema?: z.ZodType): Issue[] {
  return error.issues.flatMap((issue): Issue[] => {
    const field = issue.path.join('.');
    if (issue.code === 'unrecognized_keys') {
      const known = knownKeys(schema, issue.path);
      return issue.keys.map((key) => {
        const guess = nearest(key, known);
        const hint = guess
          ? `did you mean "${guess}"?`
          : known.length
            ? `known keys: ${known.join(', ')}.`
            : '';
        return { field: field ? `${field}.${key}` : key, message: `unknown key; ${hint}`.replace(/; $/, '') };
      });
    }
    // What is wrong is the key, and its value is nobody's business.
    if (issue.code === 'invalid_key') return [{ field, message: issue.issues[0]?.message ?? issue.message }];
    const received = valueAt(input, issue.path);
    return [
      {
        field,
        message: `${issueText(issue)}${received === undefined ? '' : ` (received ${show(received)})`}`,
      },
    ];
  });
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

/** Objects show as their kind only: their values may be secrets (the environment of a function). */
function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function knownKeys(schema: z.ZodType | undefined, path: readonly PropertyKey[]): string[] {
  let at: unknown = schema;
  for (const key of path) {
    const inner = unwrap(at);
    at = inner instanceof z.ZodArray ? inner.element : objectShape(inner)?.[String(key)];
  }
  return Object.keys(objectShape(at) ?? {});
}

function objectShape(schema: unknown): Record<string, unknown> | undefined {
  const at = unwrap(schema);
  return at instanceof z.ZodObject ? at.shape : undefined;
}

function unwrap(schema: unknown): unknown {
  let at = schema;
  while (
    at instanceof z.ZodOptional ||
    at instanceof z.ZodNullable ||
    at instanceof z.ZodDefault ||
    at instanceof z.ZodPrefault ||
    at instanceof z.ZodPipe
  ) {
    at = at instanceof z.ZodPipe ? at.in : at.unwrap();
  }
  return at;
}
