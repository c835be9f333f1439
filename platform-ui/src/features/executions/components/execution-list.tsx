import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { mdiChevronLeft, mdiChevronRight, mdiPause, mdiPlay } from '@mdi/js';
import type { Execution } from '@plat/platform-kit/domain.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Icon } from '../../../components/icon.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { formatTime } from '../../../format/time.ts';
import { useExecutions } from '../api/use-executions.ts';
import { FILTERS, queryOf, useExecutionFilter } from './execution-filter.ts';
import { ExecutionFilters } from './execution-filters.tsx';
import { ExecutionsTable } from './executions-table.tsx';

/** Calls, newest first, a page at a time. The page that begins now goes on by itself until somebody holds it. */
export function ExecutionList(props: {
  of?: { project: string; name: string; versions: readonly number[] };
}) {
  const { filter, set, before, goTo } = useExecutionFilter();
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
            <Pages items={items} next={next} isFirst={isFirst} goTo={goTo} />
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

function Pages(props: {
  items: readonly Execution[];
  next: string | null;
  isFirst: boolean;
  goTo: (before: string | null) => void;
}) {
  const { items, next, isFirst, goTo } = props;
  if (isFirst && next === null) return null;
  const [newest, oldest] = [items[0], items.at(-1)];
  return (
    <Box component="nav" aria-label="Pages" sx={{ display: 'flex', alignItems: 'center', gap: 1, mt: 1.5 }}>
      <Button
        color="inherit"
        disabled={isFirst}
        onClick={() => goTo(null)}
        startIcon={<Icon path={mdiChevronLeft} />}
      >
        Newest
      </Button>
      <Typography
        variant="body2"
        color="textSecondary"
        sx={{ mx: 'auto', display: { xs: 'none', sm: 'block' } }}
      >
        {newest && oldest && `${formatTime(oldest.startedAt)} – ${formatTime(newest.startedAt)}`}
      </Typography>
      <Button
        color="inherit"
        disabled={next === null}
        onClick={() => goTo(next)}
        endIcon={<Icon path={mdiChevronRight} />}
        sx={{ ml: { xs: 'auto', sm: 0 } }}
      >
        Older
      </Button>
    </Box>
  );
}
