import { z } from 'zod';
import { PlatformError } from './errors.ts';

/** Words that would shadow the platform's own hosts and paths. They name neither projects nor functions. */
export const RESERVED_NAMES: readonly string[] = [
  'admin', 'api', 'app', 'dashboard', 'docs', 'function', 'functions', 'health', 'healthz', 'internal', 'localhost',
  'metrics', 'plat', 'platform', 'readyz', 'registry', 'static', 'status', 'system', 'traefik', 'ui', 'www',
]; // prettier-ignore

/** Longest name: two of them and a dash still fit the 63 characters of a DNS label (RFC 1035) with room for a prefix. */
export const NAME_MAX_LENGTH = 30;

/** Says what is wrong with a project or function name, or undefined when it is fine. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'a name must not be empty';
  if (name.length > NAME_MAX_LENGTH)
    return `a name has at most ${NAME_MAX_LENGTH} characters, this one has ${name.length}`;
  if (!/^[a-z0-9-]+$/.test(name)) return 'a name has only lower-case letters a-z, digits and single dashes';
  if (!/^[a-z]/.test(name)) return 'a name starts with a letter';
  if (name.endsWith('-')) return 'a name does not end with a dash';
  if (name.includes('--')) return 'a name has no two dashes in a row';
  if (RESERVED_NAMES.includes(name)) return `"${name}" is reserved for the platform`;
  return undefined;
}

/** The name of a project or function: `hello`, `my-function`. Error messages say which rule was broken. */
export const Name = z.string({ error: 'expected a name' }).superRefine((name, context) => {
  const message = nameProblem(name);
  if (message) context.addIssue({ code: 'custom', message });
});

/** Aliases follow the same shape but no word is reserved: they never become a host or a path of their own. */
export const AliasName = z
  .string()
  .regex(
    /^[a-z](?:-?[a-z0-9])*$/,
    'an alias has only lower-case letters, digits and single dashes, and starts with a letter',
  )
  .max(NAME_MAX_LENGTH);

/** Throws `invalid` when `name` is not a name; `field` says which one ("project", "function"). */
export function assertName(field: string, name: string): void {
  const message = nameProblem(name);
  if (message)
    throw new PlatformError('invalid', `${field}: ${message} (received ${JSON.stringify(name)}).`, {
      details: { field, received: name },
    });
}

/** The first DNS label of a function's own host: `<project>-<function>`; unique over the platform. */
export function hostLabel(project: string, functionName: string): string {
  return `${project}-${functionName}`;
}
