import Skeleton from '@mui/material/Skeleton';
import type { FunctionView } from '@plat/platform-kit/api/views.ts';
import { mdiPlus } from '@mdi/js';
import { ButtonLink } from '../../../components/button-link.tsx';
import { Icon } from '../../../components/icon.tsx';
import { paths } from '../../../paths.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { PageHeader } from '../../../components/page-header.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { useUrlState } from '../../../components/url-state.ts';
import { useFunctions } from '../api/use-functions.ts';
import { filterFunctions } from './filter-functions.ts';
import { FirstFunction } from './first-function.tsx';
import { FunctionFilters } from './function-filters.tsx';
import { FunctionsTable } from './functions-table.tsx';

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
  const [sort, setSort] = useUrlState('sort', 'name');
  const found = filterFunctions(functions, { search, status, project });
  return (
    <>
      <FunctionFilters
        functions={functions}
        {...{ search, setSearch, status, setStatus, project, setProject }}
        count={found.length}
      />
      {found.length === 0 ? (
        <EmptyState title="No function fits">Search for something else, or take a filter away.</EmptyState>
      ) : (
        <FunctionsTable functions={found} sort={sort} onSort={setSort} />
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
