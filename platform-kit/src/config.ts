import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { describeIssues } from './parse.ts';
import { nearest } from './nearest.ts';

/** Thrown by `loadConfig`; its message lists everything that is wrong, one line each, and is meant for the terminal. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  /** One sentence for each thing that is wrong. */
  readonly problems: readonly string[];

  constructor(message: string, problems: readonly string[] = [message]) {
    super(message);
    this.problems = problems;
  }

  /** The error about a configuration in which `problems` were found; each is said once. */
  static of(owner: string, problems: readonly string[]): ConfigError {
    const lines = [...new Set(problems)];
    return new ConfigError(
      `The configuration of ${owner} is not valid:\n${lines.map((line) => `  - ${line}`).join('\n')}`,
      lines,
    );
  }
}

/** Reads several configurations; throws one ConfigError with the problems of all. */
export function readAll<T extends Record<string, () => unknown>>(
  owner: string,
  readers: T,
): { [K in keyof T]: ReturnType<T[K]> } {
  const problems: string[] = [];
  const read = Object.entries(readers).map(([name, reader]) => {
    try {
      return [name, reader()];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return [name, undefined];
    }
  });
  if (problems.length > 0) throw ConfigError.of(owner, problems);
  return Object.fromEntries(read) as { [K in keyof T]: ReturnType<T[K]> };
}

/** `PLAT_` names that belong to the command line, to the tests, or to one of the other services. */
const KNOWN_ELSEWHERE = [
  'PLAT_TOKEN',
  'PLAT_PROJECT',
  'PLAT_CONTEXT',
  'PLAT_NAMESPACE',
  'PLAT_DATA_DIR',
  'PLAT_FORBID_SKIPS',
];

/**
 * Reads a service's configuration from environment variables. The schema's keys are the variables' names; `.meta({
 * description })` of each key is what `docs/configuration.md` says. Everything wrong is reported at once. A variable
 * that starts with `PLAT_` and that no service knows is an error too: a typo must not become a default in silence.
 * A secret setting `X` may stand in a file instead, whose path `X_FILE` says.
 */
export function loadConfig<S extends z.ZodObject>(
  schema: S,
  env: NodeJS.ProcessEnv,
  options: { service: string },
): z.output<S> {
  const names = Object.keys(schema.shape);
  const input: Record<string, string> = {};
  const unread: string[] = [];
  for (const name of names) {
    const value = env[name] || (isSecret(schema, name) ? readSecretFile(name, env, unread) : undefined);
    if (value !== undefined && value !== '') input[name] = value;
  }
  const result = schema.safeParse(input);
  const found = result.success
    ? []
    : describeIssues(result.error, withoutSecrets(schema, input), schema).map(
        (issue) => `${issue.field}: ${issue.message}`,
      );
  // What could not be read is not missing as well.
  const problems = [
    ...unread,
    ...found.filter((problem) => !unread.some((text) => text.startsWith(`${problem.split(':')[0]}_FILE:`))),
  ];
  const known = [...names, ...KNOWN_ELSEWHERE];
  for (const name of Object.keys(env)) {
    if (!name.startsWith('PLAT_') || known.includes(name)) continue;
    const guess = nearest(name, known);
    problems.push(`${name}: no such setting${guess ? `; did you mean ${guess}?` : '.'}`);
  }
  if (problems.length || !result.success) {
    throw ConfigError.of(options.service, problems);
  }
  return result.data;
}

/** A message shows what was received; not of a setting with `.meta({ secret: true })`, nor of an URL that holds a password. */
function withoutSecrets(schema: z.ZodObject, input: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(input).filter(([name, value]) => !isSecret(schema, name) && !/:\/\/[^/]*@/.test(value)),
  );
}

function isSecret(schema: z.ZodObject, name: string): boolean {
  return z.globalRegistry.get(schema.shape[name])?.secret === true;
}

/** The first line of the file that `<name>_FILE` names. */
function readSecretFile(name: string, env: NodeJS.ProcessEnv, problems: string[]): string | undefined {
  const file = env[`${name}_FILE`];
  if (!file) return undefined;
  try {
    const text = readFileSync(file, 'utf8').split('\n', 1)[0]!.trim();
    if (text === '') problems.push(`${name}_FILE: ${file} is empty.`);
    return text;
  } catch (error) {
    problems.push(`${name}_FILE: ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
    return undefined;
  }
}

/** Whole numbers from text, with bounds; `"0x10"`, `""` and `"8080x"` are errors, not 0. */
export function envInt(limits: { min: number; max: number }) {
  const expected = `expected a whole number from ${limits.min} to ${limits.max}`;
  return z
    .string()
    .regex(/^-?\d+$/, expected)
    .transform(Number)
    .refine((value) => value >= limits.min && value <= limits.max, expected);
}

export function envFlag() {
  return z
    .enum(['true', 'false', '1', '0'], { error: 'expected true or false' })
    .transform((value) => value === 'true' || value === '1');
}

/** A service's address: `http://host:port`, or `unix:/path/to.sock` where both share a host. */
export const ServiceUrl = z
  .string()
  .refine(
    (value) =>
      (value.startsWith('unix:/') && value.length > 6) ||
      (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)),
    'expected http://host:port or unix:/path/to.sock',
  );

export const LogLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']);
