import type { ExecutionQuery } from '../api/use-executions.ts';

/** What an address says about a list of calls. `start`: `warm`, `cold`, or a rung. `who`: an outcome, or `failed`. */
export const FILTERS = [
  'q',
  'status',
  'who',
  'start',
  'since',
  'version',
  'project',
  'function',
  'instance',
] as const;
export type FilterName = (typeof FILTERS)[number];
export type ExecutionFilter = Record<FilterName, string>;

/** The same for the platform, which tells of values that it does not know. */
export function queryOf(filter: ExecutionFilter): ExecutionQuery {
  const { q, status, who, start, since, version, project, function: name, instance } = filter;
  const query = {
    q: q.trim(),
    status,
    outcome: who === 'failed' ? '' : who,
    failed: who === 'failed' ? 'true' : '',
    cold: start === 'cold' ? 'true' : start === 'warm' ? 'false' : '',
    rung: start === 'cold' || start === 'warm' ? '' : start,
    since,
    version,
    project,
    function: name,
    instance,
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}
