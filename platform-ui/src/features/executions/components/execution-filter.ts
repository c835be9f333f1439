import { useSearchParams } from 'react-router';
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

export type FilterState = {
  filter: ExecutionFilter;
  set: (name: FilterName, value: string) => void;
  before: string | undefined;
  goTo: (before: string | null) => void;
};

/** The filters and the page of a list of calls, both in the address. A change of a filter leads to the first page. */
export function useExecutionFilter(): FilterState {
  const [params, setParams] = useSearchParams();
  const change = (name: string, value: string | null, options: { replace: boolean }) =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        next.delete('before');
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { ...options, preventScrollReset: options.replace, flushSync: true },
    );
  return {
    filter: Object.fromEntries(FILTERS.map((name) => [name, params.get(name) ?? ''])) as ExecutionFilter,
    set: (name, value) => change(name, value, { replace: true }),
    before: params.get('before') ?? undefined,
    goTo: (before) => change('before', before, { replace: false }),
  };
}

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
