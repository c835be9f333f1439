import { CliError } from './cli-error.ts';

type Given = { name?: string; version?: number };

/** `[name] [version]` as it was meant: a number alone is a version, for no function's name begins with a digit. */
export function takeVersion(given: Given): Given {
  const { name, version } = given;
  if (name === undefined || !/^[1-9]\d{0,8}$/.test(name)) return given;
  if (version === undefined) return { version: Number(name) };
  throw new CliError(
    'usage',
    `${name} and ${version} are two versions; expected the name of a function and one version.`,
  );
}
