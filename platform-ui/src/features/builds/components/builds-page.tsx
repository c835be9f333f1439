import Skeleton from '@mui/material/Skeleton';
import { EmptyState } from '../../../components/empty-state.tsx';
import { useFilterAddress } from '../../../components/filter-address.ts';
import { PageHeader } from '../../../components/page-header.tsx';
import { PageSteps } from '../../../components/page-steps.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { useBuilds } from '../api/use-builds.ts';
import { FILTERS, queryOf } from './build-filter.ts';
import { BuildFilters } from './build-filters.tsx';
import { BuildsTable } from './builds-table.tsx';

/** What deploys built, of all functions; a row leads to the build's log. */
export function BuildsPage() {
  const { filter, set, before, goTo } = useFilterAddress(FILTERS);
  const query = useBuilds(queryOf(filter), before);
  const isFirst = before === undefined;
  const isFiltered = FILTERS.some((name) => filter[name] !== '');
  return (
    <>
      <PageHeader title="Builds" />
      <BuildFilters filter={filter} set={set} />
      <QueryView
        query={query}
        skeleton={<Skeleton variant="rounded" height={38 + 8 * 52} />}
        isEmpty={({ items }) => items.length === 0}
        empty={<Nothing isFiltered={isFiltered} isFirst={isFirst} />}
      >
        {({ items, next }) => (
          <>
            <BuildsTable builds={items} />
            <PageSteps times={items.map(({ createdAt }) => createdAt)} {...{ next, isFirst, goTo }} />
          </>
        )}
      </QueryView>
    </>
  );
}

function Nothing({ isFiltered, isFirst }: { isFiltered: boolean; isFirst: boolean }) {
  if (!isFirst) return <EmptyState title="No older build">This is where the record ends.</EmptyState>;
  return isFiltered ? (
    <EmptyState title="No build fits">Take a filter away, or look at a longer time.</EmptyState>
  ) : (
    <EmptyState title="No build yet">
      <code>plat deploy</code> or New function makes the first one; its log is here while it runs.
    </EmptyState>
  );
}
