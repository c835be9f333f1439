import { PlatformError } from './errors.ts';
import type { Selector } from './invoker.ts';

export type FunctionReference = { project: string | undefined; function: string; selector: Selector };

/**
 * Reads `[project.]name[:alias | @version]`, as it stands in `/function/<reference>` and on the command line.
 * Throws `invalid` with the grammar when it is something else.
 */
export function parseFunctionReference(text: string): FunctionReference {
  const match = /^(?:([^.:@/]+)\.)?([^.:@/]+)(?::([a-z](?:-?[a-z0-9])*)|@(\d{1,9}))?$/.exec(text);
  if (!match) {
    throw new PlatformError(
      'invalid',
      `${JSON.stringify(text)} does not name a function; expected name, project.name, name:alias or name@version.`,
      { details: { field: 'function', received: text } },
    );
  }
  const [, project, name, alias, version] = match;
  const selector: Selector =
    version === undefined ? { alias: alias ?? 'live' } : { version: Number(version) };
  return { project, function: name!, selector };
}
