import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { InstanceInfo } from '@plat/platform-kit/domain.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FilterSelect } from '../../../components/filter-select.tsx';
import { instanceState } from '../../../components/instance-state.tsx';
import { PageHeader } from '../../../components/page-header.tsx';
import { QueryView } from '../../../components/query-view.tsx';
import { SearchField } from '../../../components/search-field.tsx';
import { useUrlState } from '../../../components/url-state.ts';
import { formatCount } from '../../../format/numbers.ts';
import { useAllInstances } from '../api/use-all-instances.ts';
import { InstancesTable } from './instances-table.tsx';
import { PoolsSection } from './pools-section.tsx';

/** What runs where. CPU and memory come a moment after the list. */
export function InstancesPage() {
  const list = useAllInstances({ stats: false });
  const measured = useAllInstances({ stats: true });
  const stats = new Map(measured.data?.map((instance) => [instance.id, instance.stats]));
  return (
    <>
      <PageHeader title="Instances" />
      <QueryView
        query={list}
        skeleton={<Skeleton variant="rounded" height={38 + 4 * 47} />}
        isEmpty={(instances) => instances.length === 0}
        empty={
          <EmptyState title="Nothing runs">
            Functions sleep until they are called. With <code>scale.min</code> above 0 they are kept awake.
          </EmptyState>
        }
      >
        {(instances) => (
          <Listed
            instances={instances.map((instance) => ({ ...instance, stats: stats.get(instance.id) ?? null }))}
          />
        )}
      </QueryView>
      <PoolsSection />
    </>
  );
}

function Listed({ instances }: { instances: readonly InstanceInfo[] }) {
  const [search, setSearch] = useUrlState('q');
  const [state, setState] = useUrlState('state');
  const [sort, setSort] = useUrlState('sort', 'function');
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = instances.filter((instance) => {
    const text = `${instance.project}/${instance.function} ${instance.name} ${instance.id}`.toLowerCase();
    return (state === '' || instanceState(instance) === state) && words.every((word) => text.includes(word));
  });
  const states = [...new Set(instances.map(instanceState))].sort();
  return (
    <>
      <Box role="search" sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.25, alignItems: 'center', mb: 2 }}>
        <SearchField label="Search instances" value={search} onChange={setSearch} />
        <FilterSelect
          label="State"
          all="Any state"
          value={state}
          options={states.map((value) => ({ value, label: value }))}
          onChange={setState}
        />
        <Typography variant="body2" color="textSecondary" role="status" sx={{ ml: { sm: 'auto' } }}>
          {formatCount(found.length)} {found.length === 1 ? 'instance' : 'instances'}
        </Typography>
      </Box>
      {found.length === 0 ? (
        <EmptyState title="No instance fits">Search for something else, or take a filter away.</EmptyState>
      ) : (
        <InstancesTable instances={found} sort={sort} onSort={setSort} />
      )}
    </>
  );
}
