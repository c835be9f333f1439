import type { BuildQuery } from '../api/use-builds.ts';

/** What an address says about a list of builds. */
export const FILTERS = ['q', 'state', 'since', 'project', 'function'] as const;
export type FilterName = (typeof FILTERS)[number];
export type BuildFilter = Record<FilterName, string>;

/** The same for the platform, which tells of values that it does not know. */
export function queryOf({ q, ...filter }: BuildFilter): BuildQuery {
  const given = Object.entries({ q: q.trim(), ...filter }).filter(([, value]) => value !== '');
  return Object.fromEntries(given);
}
