import Skeleton from '@mui/material/Skeleton';
import { EmptyState } from '../../../components/empty-state.tsx';
import { useShownFunction } from '../../../components/function-context.ts';
import { QueryView } from '../../../components/query-view.tsx';
import { useUrlState } from '../../../components/url-state.ts';
import { useSource } from '../api/use-source.ts';
import { CodeWorkspace } from './code-workspace.tsx';

/** The source of a version: the newest one that was built, or the one that the address names. */
export function CodeTab() {
  const view = useShownFunction();
  const [chosen, setChosen] = useUrlState('version');
  const number = chosen === '' ? (view.latest === 0 ? null : view.latest) : Number(chosen);
  const source = useSource(view, number);
  if (number === null)
    return <EmptyState title="There is no code yet">It comes with the first deploy.</EmptyState>;
  return (
    <QueryView query={source} skeleton={<Skeleton variant="rounded" height={560} />}>
      {(files) => (
        <CodeWorkspace key={number} view={view} number={number} files={files} onVersion={setChosen} />
      )}
    </QueryView>
  );
}
