import type { LiveEvent } from '../../../api-client/live-events.ts';
import type { FunctionKey } from '../../../paths.ts';

/** Where what is known of functions is kept, so that a change of one finds all that shows it. */
export const functionQueries = {
  list: ['functions'] as const,
  one: ({ project, name }: FunctionKey) => ['function', project, name] as const,
  part: (key: FunctionKey, part: string) => [...functionQueries.one(key), part] as const,
};

/** Whether a function, or a version of it, is in another state than before. */
export function isChangeOf(key: FunctionKey): (event: LiveEvent) => boolean {
  return (event) => (event.kind === 'function' || event.kind === 'version') && isAbout(event.data, key);
}

export function isAbout(of: { project: string; function: string }, { project, name }: FunctionKey): boolean {
  return of.project === project && of.function === name;
}
