import { useState } from 'react';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import { mdiPause, mdiPlay } from '@mdi/js';
import { EmptyState } from '../../../components/empty-state.tsx';
import { useFilterAddress } from '../../../components/filter-address.ts';
import { Icon } from '../../../components/icon.tsx';
import { PageSteps } from '../../../components/page-steps.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { useExecutions } from '../api/use-executions.ts';
import { FILTERS, queryOf } from './execution-filter.ts';
import { ExecutionFilters } from './execution-filters.tsx';
import { ExecutionsTable } from './executions-table.tsx';

/** Calls, newest first, a page at a time. The page that begins now goes on by itself until somebody holds it. */
export function ExecutionList(props: {
  of?: { project: string; name: string; versions: readonly number[] };
}) {
  const { filter, set, before, goTo } = useFilterAddress(FILTERS);
  const [isHeld, setHeld] = useState(false);
  const isFirst = before === undefined;
  const of = props.of ? { project: props.of.project, function: props.of.name } : {};
  const query = useExecutions(queryOf({ ...filter, ...of }), { before, isLive: !isHeld });
  const isFiltered = FILTERS.some((name) => filter[name] !== '');
  return (
    <>
      <ExecutionFilters filter={filter} set={set} versions={props.of?.versions}>
        {isFirst && (
          <Button
            variant="outlined"
            color="inherit"
            aria-pressed={!isHeld}
            startIcon={<Icon path={isHeld ? mdiPlay : mdiPause} />}
            onClick={() => setHeld(!isHeld)}
            sx={{ ml: { sm: 'auto' }, minHeight: 38 }}
          >
            {isHeld ? 'Held' : 'Live'}
          </Button>
        )}
      </ExecutionFilters>
      <QueryView query={query} skeleton={<Skeleton variant="rounded" height={38 + 8 * 52} />}>
        {({ items, next }) => (
          <>
            {items.length > 0 ? (
              <ExecutionsTable executions={items} isOfOne={props.of !== undefined} />
            ) : (
              <Nothing isFiltered={isFiltered} isFirst={isFirst} goesOn={next !== null} />
            )}
            <PageSteps times={items.map(({ startedAt }) => startedAt)} {...{ next, isFirst, goTo }} />
          </>
        )}
      </QueryView>
    </>
  );
}

function Nothing(props: { isFiltered: boolean; isFirst: boolean; goesOn: boolean }) {
  if (props.goesOn)
    return <EmptyState title="None so far">There are older calls: look on among them.</EmptyState>;
  if (!props.isFirst) return <EmptyState title="No older call">This is where the record ends.</EmptyState>;
  return props.isFiltered ? (
    <EmptyState title="No call fits">Take a filter away, or look at a longer time.</EmptyState>
  ) : (
    <EmptyState title="No call yet">
      Every call of a function is listed here about a second after its answer.
    </EmptyState>
  );
}
