import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import type { FunctionUse } from '@plat/platform-kit/metrics.ts';

/** A function, and what became of its calls; undefined when it was never called, or nobody knows yet. */
export type FunctionRow = { view: FunctionView; use: FunctionUse | undefined };

export type FunctionFilter = { search: string; status: string; project: string; calls: string };

/** What may be asked about the calls of the shown time. */
export const CALL_FILTERS = [
  { value: 'called', label: 'Called' },
  { value: 'failing', label: 'Failing' },
  { value: 'quiet', label: 'Not called' },
] as const;

const CALLS: Record<string, ((use: Pick<FunctionUse, 'calls' | 'failed'>) => boolean) | undefined> = {
  called: ({ calls }) => calls > 0,
  failing: ({ failed }) => failed > 0,
  quiet: ({ calls }) => calls === 0,
};
const NO_USE = { calls: 0, failed: 0 };

/** Those that fit every filter that is set; a search looks at names, projects, runtimes and hosts. */
export function filterFunctions(
  rows: readonly FunctionRow[],
  { search, status, project, calls }: FunctionFilter,
): FunctionRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = CALLS[calls];
  return rows.filter(({ view, use }) => {
    if (status !== '' && view.status !== status) return false;
    if (project !== '' && view.project !== project) return false;
    if (fits && !fits(use ?? NO_USE)) return false;
    const text = [view.name, view.project, view.live?.runtime, view.host, ...view.domains]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The share of calls that failed, from 0 to 1; null without a call. */
export function failureRate(use: FunctionUse | undefined): number | null {
  return use && use.calls > 0 ? use.failed / use.calls : null;
}

/** The number of the version that alias `live` names most, or null before there is one. */
export function liveVersion(view: Pick<FunctionView, 'aliases'>): number | null {
  const weights = view.aliases.find(({ name }) => name === 'live')?.weights ?? [];
  return weights.toSorted((a, b) => b.weight - a.weight || b.version - a.version)[0]?.version ?? null;
}
