import { useSearchParams } from 'react-router';

export type FilterAddress<Name extends string> = {
  filter: Record<Name, string>;
  set: (name: Name, value: string) => void;
  /** Where the page begins; undefined for the first. */
  before: string | undefined;
  goTo: (before: string | null) => void;
};

/** The filters and the page of a list, both in the address. A change of a filter leads to the first page. */
export function useFilterAddress<Name extends string>(names: readonly Name[]): FilterAddress<Name> {
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
    filter: Object.fromEntries(names.map((name) => [name, params.get(name) ?? ''])) as Record<Name, string>,
    set: (name, value) => change(name, value, { replace: true }),
    before: params.get('before') ?? undefined,
    goTo: (before) => change('before', before, { replace: false }),
  };
}
