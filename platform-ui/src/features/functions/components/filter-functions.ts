import type { FunctionView } from '@plat/platform-kit/api/views.ts';

export type FunctionFilter = { search: string; status: string; project: string };

/** Those that fit every filter that is set; a search looks at names, projects, runtimes and hosts. */
export function filterFunctions(
  functions: readonly FunctionView[],
  { search, status, project }: FunctionFilter,
): FunctionView[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return functions.filter((view) => {
    if (status !== '' && view.status !== status) return false;
    if (project !== '' && view.project !== project) return false;
    const text = [view.name, view.project, view.live?.runtime, view.host, ...view.domains]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The number of the version that alias `live` names most, or null before there is one. */
export function liveVersion(view: Pick<FunctionView, 'aliases'>): number | null {
  const weights = view.aliases.find(({ name }) => name === 'live')?.weights ?? [];
  return weights.toSorted((a, b) => b.weight - a.weight || b.version - a.version)[0]?.version ?? null;
}
