import type { FunctionKey } from '../../../paths.ts';

/** Where what is known of functions is kept, so that a change of one finds all that shows it. */
export const functionQueries = {
  list: ['functions'] as const,
  one: ({ project, name }: FunctionKey) => ['function', project, name] as const,
  part: (key: FunctionKey, part: string) => [...functionQueries.one(key), part] as const,
};
