import { useCallback, useDeferredValue, useEffect, useMemo, useRef } from 'react';
import Alert from '@mui/material/Alert';
import Skeleton from '@mui/material/Skeleton';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { mdiPlus } from '@mdi/js';
import { ButtonLink } from '../../../components/button-link.tsx';
import { Icon } from '../../../components/icon.tsx';
import { paths } from '../../../paths.ts';
import { oneOf } from '../../../components/choice-select.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { RANGES } from '../../../components/metric-ranges.ts';
import { PageHeader } from '../../../components/page-header.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { useUrlState } from '../../../components/url-state.ts';
import { useFunctionUse } from '../api/use-function-use.ts';
import { useFunctions } from '../api/use-functions.ts';
import { filterFunctions } from './filter-functions.ts';
import { FirstFunction } from './first-function.tsx';
import { FunctionFilters } from './function-filters.tsx';
import { FunctionsTable } from './functions-table.tsx';

/** Long enough for a function that is called now and then to show a trend. */
const USUAL_RANGE = '24h';

export function FunctionsPage() {
  const query = useFunctions();
  return (
    <>
      <PageHeader
        title="Functions"
        actions={
          <ButtonLink to={paths.newFunction} variant="contained" startIcon={<Icon path={mdiPlus} />}>
            New function
          </ButtonLink>
        }
      />
      <QueryView
        query={query}
        skeleton={<ListSkeleton />}
        isEmpty={(functions) => functions.length === 0}
        empty={<FirstFunction />}
      >
        {(functions) => <FunctionList functions={functions} />}
      </QueryView>
    </>
  );
}

function FunctionList({ functions }: { functions: readonly FunctionView[] }) {
  const [search, setSearch] = useUrlState('q');
  const [status, setStatus] = useUrlState('status');
  const [project, setProject] = useUrlState('project');
  const [calls, setCalls] = useUrlState('calls');
  const [told, setRange] = useUrlState('range', USUAL_RANGE);
  const [sort, setSort] = useUrlState('sort', 'name');
  const range = oneOf(RANGES, told, USUAL_RANGE);
  const { data: usedBy, error } = useFunctionUse(range, { count: functions.length });
  // The table is drawn anew when its rows change, not with every change of the address.
  const latestSort = useRef(setSort);
  useEffect(() => {
    latestSort.current = setSort;
  });
  const onSort = useCallback((value: string) => latestSort.current(value), []);
  // Thousands of rows are looked through behind what somebody types, not in its way.
  const sought = useDeferredValue(search);
  const found = useMemo(() => {
    const rows = functions.map((view) => ({ view, use: usedBy?.(view) }));
    return filterFunctions(rows, { search: sought, status, project, calls: usedBy ? calls : '' });
  }, [functions, usedBy, sought, status, project, calls]);
  return (
    <>
      <FunctionFilters
        functions={functions}
        {...{ search, setSearch, status, setStatus, project, setProject, calls, setCalls, range, setRange }}
        count={found.length}
      />
      {error && (
        <Alert severity="warning" variant="outlined" sx={{ mb: 2 }}>
          What became of their calls may be out of date: {error.message}
        </Alert>
      )}
      {found.length === 0 ? (
        <EmptyState title="No function fits">Search for something else, or take a filter away.</EmptyState>
      ) : (
        <FunctionsTable rows={found} isUseKnown={usedBy !== undefined} sort={sort} onSort={onSort} />
      )}
    </>
  );
}

function ListSkeleton() {
  return (
    <>
      <Skeleton variant="rounded" height={38} sx={{ mb: 2 }} />
      <Skeleton variant="rounded" height={38 + 4 * 47} sx={{ borderRadius: '10px' }} />
    </>
  );
}
